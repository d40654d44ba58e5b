-- How long after it was committed each report was recorded, by the quarter of recording.
-- reads: counted_report
select
    measure_code,
    quarter_code,
    case
        when committed_from_on is null then 'not_known'
        when recorded_on - committed_from_on = 0 then 'same_day'
        when recorded_on - committed_from_on <= 7 then 'within_week'
        when recorded_on - committed_from_on <= 30 then 'within_month'
        when recorded_on - committed_from_on <= 365 then 'within_year'
        else 'over_year'
    end as lag_code,
    count(*)::integer as reports,
    count(*) filter (
        where date_trunc('month', committed_from_on) <> date_trunc('month', recorded_on)
    )::integer as reports_changing_month
from counted_report
where is_quarter_complete
group by all
order by all
