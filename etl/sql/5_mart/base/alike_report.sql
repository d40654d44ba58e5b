-- How many reports are alike in measure, place, strands and month; what several marts add up, and never published itself.
-- reads: counted_report
select measure_code, area_code, group_code, strand_codes, month_on, quarter_code, is_quarter_complete, count(*) as reports
from counted_report
group by all
