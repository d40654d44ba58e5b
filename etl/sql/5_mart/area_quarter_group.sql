-- The one base cube: every report of a complete quarter in exactly one cell of measure, place and group.
-- reads: alike_report, calendar_quarter, elsewhere_month
with place as (
    select unnest([
        'E06000016', 'E06000017', 'E07000129', 'E07000130', 'E07000131',
        'E07000132', 'E07000133', 'E07000134', 'E07000135', 'not_known'
    ]) as area_code
),
group_of_report as (
    select unnest([
        'race', 'religion', 'sexual_orientation', 'disability', 'transgender', 'other', 'multiple', 'not_known'
    ]) as group_code
),
measure_quarter as (
    select unnest(['crime', 'incident']) as measure_code, quarter_code
    from calendar_quarter
    where is_complete
    union all
    select distinct 'elsewhere', quarter_code
    from elsewhere_month
    where is_quarter_complete
),
counted as (
    select measure_code, area_code, group_code, quarter_code, sum(reports) as reports
    from alike_report
    group by all
)
select measure_code, area_code, group_code, quarter_code, coalesce(reports, 0)::integer as reports
from measure_quarter
cross join place
cross join group_of_report
left join counted using (measure_code, area_code, group_code, quarter_code)
order by measure_code, area_code, group_code, quarter_code
