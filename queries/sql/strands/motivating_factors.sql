-- Reports that carry each strand, crimes and incidents apart, over the twelve months to the selected quarter.
-- reads: area_quarter_strand, area_member, measure_member, calendar_quarter
select
    area_quarter_strand.measure_code,
    area_quarter_strand.strand_code,
    sum(area_quarter_strand.reports)::integer as reports
from area_quarter_strand
join calendar_quarter using (quarter_code)
join area_member on area_member.member_code = area_quarter_strand.area_code
join measure_member on measure_member.member_code = area_quarter_strand.measure_code
where area_member.area_code = $area
    and measure_member.measure_code = $measure
    and calendar_quarter.starts_on >= $starts_on
    and calendar_quarter.ends_on <= $ends_on
group by all
order by all
