-- Crimes with an outcome by the quarter they were recorded in, offence group and the weeks within which it came.
-- reads: area_quarter_outcome_time, area_member, calendar_quarter
select
    calendar_quarter.quarter_code,
    offence_group_code,
    weeks,
    sum(crimes)::integer as crimes
from area_quarter_outcome_time
join calendar_quarter using (quarter_code)
join area_member on area_member.member_code = area_quarter_outcome_time.area_code
where area_member.area_code = $area
    and area_quarter_outcome_time.strand_code = $strand
    and calendar_quarter.is_complete
group by all
order by all
