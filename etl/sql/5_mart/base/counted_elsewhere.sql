-- Every report of LLR made to a reporting centre or a council that is taken for no police record, once, in the months covered.
-- reads: elsewhere_report, elsewhere_match, elsewhere_month
select
    'elsewhere' as measure_code,
    elsewhere_report.area_code,
    group_code,
    strand_codes,
    religion_codes,
    month_on,
    quarter_code,
    is_quarter_complete
from elsewhere_report
join elsewhere_match using (source_code, record_id)
join elsewhere_month on month_on = date_trunc('month', elsewhere_report.recorded_on)
where elsewhere_report.area_code <> 'outside' and status_code in ('ambiguous', 'unmatched')
