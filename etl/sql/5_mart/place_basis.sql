-- How the place of each report was found, including the reports outside LLR or without a place.
-- reads: current_report, calendar_month, calendar_quarter
select
    measure_code,
    quarter_code,
    case when area_code in ('outside', 'not_known') then area_code else area_basis end as basis_code,
    count(*)::integer as reports
from current_report
join calendar_month on month_on = date_trunc('month', recorded_on)
join calendar_quarter using (quarter_code)
where calendar_quarter.is_complete
group by all
order by all
