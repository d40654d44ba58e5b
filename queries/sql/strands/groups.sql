-- Reports in each disjoint group over the twelve months to the selected quarter: one strand alone, several, or none recorded.
-- reads: area_quarter_group, area_member, measure_member, calendar_quarter
select group_code, sum(reports)::integer as reports, count(*)::integer as cells
from area_quarter_group
join calendar_quarter using (quarter_code)
join area_member on area_member.member_code = area_quarter_group.area_code
join measure_member on measure_member.member_code = area_quarter_group.measure_code
where area_member.area_code = $area
    and measure_member.measure_code = $measure
    and calendar_quarter.starts_on >= $starts_on
    and calendar_quarter.ends_on <= $ends_on
group by all
order by all
