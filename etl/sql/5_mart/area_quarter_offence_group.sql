-- Crimes by offence group, quarter, place and strand.
-- reads: alike_crime
with carried as (
    select
        area_code,
        unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code,
        coalesce(offence_group_code, 'not_known') as offence_group_code,
        quarter_code,
        crimes
    from alike_crime
)
select area_code, strand_code, offence_group_code, quarter_code, sum(crimes)::integer as reports
from carried
group by all
order by all
