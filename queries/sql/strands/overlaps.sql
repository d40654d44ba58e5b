-- Reports that carry two given strands over the twelve months to the selected quarter.
-- reads: area_quarter_strand_pair, area_member, measure_member, calendar_quarter
select strand_code, other_strand_code, sum(reports)::integer as reports
from area_quarter_strand_pair
join calendar_quarter using (quarter_code)
join area_member on area_member.member_code = area_quarter_strand_pair.area_code
join measure_member on measure_member.member_code = area_quarter_strand_pair.measure_code
where area_member.area_code = $area
    and measure_member.measure_code = $measure
    and calendar_quarter.starts_on >= $starts_on
    and calendar_quarter.ends_on <= $ends_on
group by all
order by all
