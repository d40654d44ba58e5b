-- Crimes by the quarter they were recorded in and the outcome they have so far.
-- reads: alike_crime, outcome
with carried as (
    select
        area_code,
        unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code,
        outcome_code,
        quarter_code,
        crimes
    from alike_crime
)
select
    area_code,
    strand_code,
    coalesce(carried.outcome_code, 'not_assigned') as outcome_code,
    coalesce(outcome_group_code, 'not_assigned') as outcome_group_code,
    quarter_code,
    sum(crimes)::integer as crimes
from carried
left join outcome on outcome.outcome_code = carried.outcome_code
group by all
order by all
