-- How many records have each field known over the twelve months to the selected quarter.
-- reads: area_quarter_completeness, area_member, measure_member, calendar_quarter
select field_code, sum(records)::integer as records, sum(known)::integer as known
from area_quarter_completeness
join calendar_quarter using (quarter_code)
join area_member on area_member.member_code = area_quarter_completeness.area_code
join measure_member on measure_member.member_code = area_quarter_completeness.measure_code
where area_member.area_code = $area
    and measure_member.measure_code = $measure
    and calendar_quarter.starts_on >= $starts_on
    and calendar_quarter.ends_on <= $ends_on
group by all
order by field_code
