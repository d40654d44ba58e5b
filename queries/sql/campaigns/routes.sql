-- Reports by how they were made in each complete quarter, for the selected measure, area and strand.
-- reads: area_quarter_channel, area_member, measure_member, calendar_quarter
select
    calendar_quarter.quarter_code,
    calendar_quarter.starts_on,
    calendar_quarter.ends_on,
    area_quarter_channel.channel_code,
    sum(area_quarter_channel.reports)::integer as reports
from area_quarter_channel
join calendar_quarter using (quarter_code)
join area_member on area_member.member_code = area_quarter_channel.area_code
join measure_member on measure_member.member_code = area_quarter_channel.measure_code
where calendar_quarter.is_complete
    and area_member.area_code = $area
    and measure_member.measure_code = $measure
    and area_quarter_channel.strand_code = $strand
group by all
order by calendar_quarter.starts_on, area_quarter_channel.channel_code
