-- Crimes by the quarter they were recorded in and the outcome they have so far, for the selected area and strand.
-- reads: area_quarter_outcome, area_member, calendar_quarter
select
    calendar_quarter.quarter_code,
    outcome_code,
    outcome_group_code,
    sum(crimes)::integer as crimes
from area_quarter_outcome
join calendar_quarter using (quarter_code)
join area_member on area_member.member_code = area_quarter_outcome.area_code
where area_member.area_code = $area
    and area_quarter_outcome.strand_code = $strand
    and calendar_quarter.is_complete
group by all
order by all
