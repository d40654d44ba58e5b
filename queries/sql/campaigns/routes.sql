-- Reports of some quarters by the routes that are counted as third-party and online, and by any known route.
-- reads: area_quarter_channel, area_member, measure_member
select
    coalesce(sum(reports) filter (where list_contains($routes, channel_code)), 0)::integer as by_these,
    coalesce(sum(reports) filter (where channel_code <> 'not_known'), 0)::integer as known
from area_quarter_channel
join area_member on area_member.member_code = area_quarter_channel.area_code
join measure_member on measure_member.member_code = area_quarter_channel.measure_code
where area_member.area_code = $area
    and measure_member.measure_code = $measure
    and area_quarter_channel.strand_code = 'all'
    and list_contains($quarters, quarter_code)
