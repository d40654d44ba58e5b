-- Reports recorded in each complete quarter of the selected measure and strand, for every area.
-- reads: calendar_quarter, area_quarter_strand, area_member, measure_member
select
    area_member.area_code,
    calendar_quarter.quarter_code,
    calendar_quarter.starts_on,
    calendar_quarter.ends_on,
    calendar_quarter.days,
    calendar_quarter.is_provisional,
    sum(area_quarter_strand.reports)::integer as value,
    sum(area_quarter_strand.cells)::integer as cells
from calendar_quarter
join area_quarter_strand using (quarter_code)
join measure_member on measure_member.member_code = area_quarter_strand.measure_code
join area_member on area_member.member_code = area_quarter_strand.area_code
where calendar_quarter.is_complete
    and measure_member.measure_code = $measure
    and area_quarter_strand.strand_code = $strand
group by all
order by area_member.area_code, starts_on
