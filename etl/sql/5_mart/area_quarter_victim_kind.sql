-- Reports by whether their victim can be told apart: a person with a reference, one without, or an organisation.
-- reads: counted_report
with alike as (
    select
        measure_code,
        area_code,
        strand_codes,
        case when not has_victim then 'organisation' when victim_ref is null then 'no_reference' else 'reference' end as kind_code,
        quarter_code,
        count(*) as reports
    from counted_report
    where is_quarter_complete
    group by all
),
carried as (
    select
        measure_code,
        area_code,
        unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code,
        kind_code,
        quarter_code,
        reports
    from alike
)
select measure_code, area_code, strand_code, kind_code, quarter_code, sum(reports)::integer as reports
from carried
group by all
order by all
