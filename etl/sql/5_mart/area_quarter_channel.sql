-- Reports by how they were made, quarter, place, measure and strand.
-- reads: counted_report
with alike as (
    select measure_code, area_code, strand_codes, channel_code, quarter_code, count(*) as reports
    from counted_report
    where is_quarter_complete
    group by all
),
carried as (
    select
        measure_code,
        area_code,
        unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code,
        channel_code,
        quarter_code,
        reports
    from alike
)
select measure_code, area_code, strand_code, channel_code, quarter_code, sum(reports)::integer as reports
from carried
group by all
order by all
