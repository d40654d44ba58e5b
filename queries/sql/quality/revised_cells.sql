-- What moved since the build before in each count it had published: by measure, quarter and place, within the selection.
-- reads: revision, movement, area_quarter_strand, area_member, measure_member
with cell as (
    select measure_member.member_code as measure_code, area_member.member_code as area_code
    from area_member
    cross join measure_member
    where area_member.area_code = $area and measure_member.measure_code = $measure
),
flow as (
    select
        measure_now as measure_code,
        area_now as area_code,
        quarter_now as quarter_code,
        case when area_before is null then reports else 0 end as added,
        0 as taken_away,
        case when area_before is null then 0 else reports end as moved_in,
        0 as moved_out,
        is_accounted
    from movement
    where area_now is not null
    union all
    select
        measure_before,
        area_before,
        quarter_before,
        0,
        case when area_now is null then reports else 0 end,
        0,
        case when area_now is null then 0 else reports end,
        is_accounted
    from movement
    where area_before is not null
),
moved as (
    select
        measure_code,
        area_code,
        quarter_code,
        sum(added)::integer as added,
        sum(taken_away)::integer as taken_away,
        sum(moved_in)::integer as moved_in,
        sum(moved_out)::integer as moved_out,
        bool_and(is_accounted) as is_accounted
    from flow
    group by measure_code, area_code, quarter_code
)
select
    measure_code,
    quarter_code,
    area_code,
    coalesce(reports_before, reports) as reports_before,
    reports as reports_now,
    coalesce(added, 0) as added,
    coalesce(taken_away, 0) as taken_away,
    coalesce(moved_in, 0) as moved_in,
    coalesce(moved_out, 0) as moved_out,
    coalesce(is_accounted, true)
        and coalesce(added + moved_in - taken_away - moved_out, 0) = coalesce(reports_now - reports_before, 0) as is_exact
from area_quarter_strand
join cell using (measure_code, area_code)
left join revision using (measure_code, area_code, quarter_code)
left join moved using (measure_code, area_code, quarter_code)
where strand_code = 'all' and (revision.quarter_code is not null or moved.quarter_code is not null)
order by quarter_code desc, measure_code, area_code
