-- Reports by whether their victim can be told apart: a person with a reference, one without, or an organisation.
-- reads: alike_told
with carried as (
    select
        measure_code,
        area_code,
        unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code,
        kind_code,
        quarter_code,
        reports
    from alike_told
)
select measure_code, area_code, strand_code, kind_code, quarter_code, sum(reports)::integer as reports
from carried
group by all
order by all
