-- Reports by month, place, measure and strand: 'all' counts a report once, a strand counts every report that carries it.
-- reads: current_report, calendar_month
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
measure as (select unnest(['crime', 'incident']) as measure_code),
placed_report as (
    select measure_code, area_code, group_code, strand_codes, date_trunc('month', recorded_on)::date as month_on
    from current_report
    where area_code <> 'outside'
),
counted as (
    select measure_code, area_code, 'all' as strand_code, month_on, count(*) as reports
    from placed_report
    group by all
    union all
    select measure_code, area_code, strand_code, month_on, count(*) as reports
    from (
        select measure_code, area_code, month_on, unnest(strand_codes) as strand_code
        from placed_report
    ) as motivating_factor
    group by all
    union all
    select measure_code, area_code, 'not_known' as strand_code, month_on, count(*) as reports
    from placed_report
    where group_code = 'not_known'
    group by all
)
select measure_code, area_code, strand_code, month_on, coalesce(reports, 0)::integer as reports
from measure
cross join place
cross join strand
cross join (select month_on from calendar_month) as month_of_cover
left join counted using (measure_code, area_code, strand_code, month_on)
order by measure_code, area_code, strand_code, month_on
