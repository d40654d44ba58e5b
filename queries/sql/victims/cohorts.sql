-- Crimes of each quarter's cohort: how many were charged so far, how many had action taken and how many have any outcome.
-- reads: area_quarter_outcome, area_member, calendar_quarter
select
    calendar_quarter.quarter_code,
    calendar_quarter.starts_on,
    calendar_quarter.ends_on,
    coalesce(sum(crimes), 0)::integer as crimes,
    coalesce(sum(crimes) filter (where list_contains($charged, outcome_code)), 0)::integer as charged,
    coalesce(sum(crimes) filter (where list_contains($action_taken, outcome_code)), 0)::integer as action_taken,
    coalesce(sum(crimes) filter (where outcome_code <> 'not_assigned'), 0)::integer as resolved
from calendar_quarter
left join (
    select quarter_code, outcome_code, crimes
    from area_quarter_outcome
    join area_member on area_member.member_code = area_quarter_outcome.area_code
    where area_member.area_code = $area and strand_code = $strand
) as cohort using (quarter_code)
where calendar_quarter.is_complete
group by all
order by starts_on
