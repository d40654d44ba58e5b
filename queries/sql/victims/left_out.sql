-- Reports of each quarter in which no person can be told apart, beside all of them, for the selected measure, area and strand.
-- reads: area_quarter_victim_kind, area_member, measure_member
select
    quarter_code,
    sum(reports)::integer as reports,
    coalesce(sum(reports) filter (where kind_code = 'organisation'), 0)::integer as organisations,
    coalesce(sum(reports) filter (where kind_code = 'no_reference'), 0)::integer as no_reference
from area_quarter_victim_kind
join area_member on area_member.member_code = area_quarter_victim_kind.area_code
join measure_member on measure_member.member_code = area_quarter_victim_kind.measure_code
where area_member.area_code = $area
    and strand_code = $strand
    and measure_member.measure_code = $measure
group by quarter_code
order by quarter_code
