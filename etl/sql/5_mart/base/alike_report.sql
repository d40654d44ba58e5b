-- How many reports are alike in measure, place, strands and month; what several marts add up, and never published itself.
-- reads: counted_report, counted_elsewhere
with report as (
    select measure_code, area_code, group_code, strand_codes, month_on, quarter_code, is_quarter_complete
    from counted_report
    union all
    select measure_code, area_code, group_code, strand_codes, month_on, quarter_code, is_quarter_complete
    from counted_elsewhere
)
select measure_code, area_code, group_code, strand_codes, month_on, quarter_code, is_quarter_complete, count(*) as reports
from report
group by all
