-- The base cube counts every report of a complete quarter in LLR exactly once.
-- reads: area_quarter_group, current_report, calendar_quarter, elsewhere_match
with counted as (
    select measure_code, quarter_code, count(*) as reports
    from current_report
    join calendar_quarter on recorded_on between starts_on and ends_on
    where area_code <> 'outside' and is_complete
    group by measure_code, quarter_code
    union all
    select 'elsewhere', quarter_code, count(*)
    from elsewhere_match
    join calendar_quarter on recorded_on between starts_on and ends_on
    where area_code <> 'outside'
        and status_code in ('ambiguous', 'unmatched')
        and quarter_code in (select quarter_code from area_quarter_group where measure_code = 'elsewhere')
    group by quarter_code
),
cubed as (
    select measure_code, quarter_code, sum(reports) as reports
    from area_quarter_group
    group by measure_code, quarter_code
)
select measure_code, quarter_code, coalesce(counted.reports, 0) as counted, coalesce(cubed.reports, 0) as cubed
from counted
full join cubed using (measure_code, quarter_code)
where coalesce(counted.reports, 0) <> coalesce(cubed.reports, 0)
