-- Reports by month, place, measure and strand: 'all' counts a report once, a strand counts every report that carries it.
-- reads: alike_report, calendar_month, elsewhere_month
with place as (
    select unnest([
        'E06000016', 'E06000017', 'E07000129', 'E07000130', 'E07000131',
        'E07000132', 'E07000133', 'E07000134', 'E07000135', 'not_known'
    ]) as area_code
),
strand as (
    select unnest([
        'all', 'race', 'religion', 'sexual_orientation', 'disability', 'transgender', 'other', 'not_known'
    ]) as strand_code
),
-- Reports made elsewhere are counted in fewer months than police records: in the others they are not known, not none.
measure_month as (
    select unnest(['crime', 'incident']) as measure_code, month_on
    from calendar_month
    union all
    select 'elsewhere', month_on
    from elsewhere_month
),
carried as (
    select
        measure_code,
        area_code,
        month_on,
        unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code,
        reports
    from alike_report
),
counted as (
    select measure_code, area_code, strand_code, month_on, sum(reports) as reports
    from carried
    group by all
)
select measure_code, area_code, strand_code, month_on, coalesce(reports, 0)::integer as reports
from measure_month
cross join place
cross join strand
left join counted using (measure_code, area_code, strand_code, month_on)
order by measure_code, area_code, strand_code, month_on
