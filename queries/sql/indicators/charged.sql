-- Crimes recorded in the year that ended six months before each quarter did, and how many of them are charged so far.
-- reads: area_quarter_outcome, area_member, calendar_quarter
with cohort as (
    select
        calendar_quarter.quarter_code,
        calendar_quarter.starts_on,
        coalesce(sum(crimes) filter (where list_contains($charged, outcome_code)), 0) as charged,
        coalesce(sum(crimes), 0) as crimes
    from calendar_quarter
    left join (
        select quarter_code, outcome_code, crimes
        from area_quarter_outcome
        join area_member on area_member.member_code = area_quarter_outcome.area_code
        where area_member.area_code = 'llr' and strand_code = 'all'
    ) as told using (quarter_code)
    where calendar_quarter.is_complete
    group by all
)
select
    quarter_code,
    sum(charged) over year_before_last_half::integer as numerator,
    sum(crimes) over year_before_last_half::integer as denominator
from cohort
window year_before_last_half as (order by starts_on rows between 5 preceding and 2 preceding)
qualify count(*) over year_before_last_half = 4
order by starts_on
