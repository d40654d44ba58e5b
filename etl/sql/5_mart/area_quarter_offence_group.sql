-- Crimes by offence group, quarter, place and strand.
-- reads: counted_report
with alike as (
    select area_code, strand_codes, offence_group_code, quarter_code, count(*) as reports
    from counted_report
    where measure_code = 'crime' and is_quarter_complete
    group by all
),
carried as (
    select
        area_code,
        unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code,
        coalesce(offence_group_code, 'not_known') as offence_group_code,
        quarter_code,
        reports
    from alike
)
select area_code, strand_code, offence_group_code, quarter_code, sum(reports)::integer as reports
from carried
group by all
order by all
