-- What moved since the build before in quarters it had already published, for the selected measure and area.
-- reads: revision, area_member, measure_member, build
select
    quarter_code,
    (select previous_build from build) as previous_build,
    sum(reports_before)::integer as reports_before,
    sum(reports_now)::integer as reports_now
from revision
join area_member on area_member.member_code = revision.area_code
join measure_member on measure_member.member_code = revision.measure_code
where area_member.area_code = $area and measure_member.measure_code = $measure
group by quarter_code
having sum(reports_before) <> sum(reports_now)
order by quarter_code desc
