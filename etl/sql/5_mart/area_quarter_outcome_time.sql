-- Crimes that have an outcome by the quarter they were recorded in and the whole weeks within which the outcome came.
-- reads: alike_crime
with carried as (
    select
        area_code,
        unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code,
        offence_group_code,
        quarter_code,
        weeks,
        crimes
    from alike_crime
    where outcome_code is not null
)
select area_code, strand_code, offence_group_code, quarter_code, weeks, sum(crimes)::integer as crimes
from carried
group by all
order by all
