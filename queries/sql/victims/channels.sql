-- Reports by how they were made, from one day to another, for the selected measure, area and strand.
-- reads: area_quarter_channel, area_member, measure_member, calendar_quarter
select channel_code, sum(reports)::integer as reports
from area_quarter_channel
join calendar_quarter using (quarter_code)
join area_member on area_member.member_code = area_quarter_channel.area_code
join measure_member on measure_member.member_code = area_quarter_channel.measure_code
where area_member.area_code = $area
    and measure_member.measure_code = $measure
    and area_quarter_channel.strand_code = $strand
    and calendar_quarter.starts_on >= $starts_on
    and calendar_quarter.ends_on <= $ends_on
group by all
order by channel_code
