-- What moved since the build before in quarters it had published, for the selected measure and area, by quarter.
-- reads: revision, movement, area_quarter_strand, area_member, measure_member, build
with cell as (
    select measure_member.member_code as measure_code, area_member.member_code as area_code
    from area_member
    cross join measure_member
    where area_member.area_code = $area and measure_member.measure_code = $measure
),
move as (
    select
        case when came.area_code is not null then quarter_now end as quarter_in,
        case when went.area_code is not null then quarter_before end as quarter_out,
        area_before is null as is_added,
        area_now is null as is_taken_away,
        reports,
        is_accounted
    from movement
    left join cell as came on came.measure_code = measure_now and came.area_code = area_now
    left join cell as went on went.measure_code = measure_before and went.area_code = area_before
),
flow as (
    select
        quarter_in as quarter_code,
        case when is_added then reports else 0 end as added,
        0 as taken_away,
        case when is_added then 0 else reports end as moved_in,
        0 as moved_out,
        case when quarter_out is null then 0 else reports end as moved_inside,
        is_accounted
    from move
    where quarter_in is not null and coalesce(quarter_in <> quarter_out, true)
    union all
    select
        quarter_out,
        0,
        case when is_taken_away then reports else 0 end,
        0,
        case when is_taken_away then 0 else reports end,
        0,
        is_accounted
    from move
    where quarter_out is not null and coalesce(quarter_out <> quarter_in, true)
),
change as (
    select quarter_code, sum(reports_now - reports_before)::integer as difference
    from revision
    join cell using (measure_code, area_code)
    group by quarter_code
),
moved as (
    select
        quarter_code,
        sum(added)::integer as added,
        sum(taken_away)::integer as taken_away,
        sum(moved_in)::integer as moved_in,
        sum(moved_out)::integer as moved_out,
        sum(moved_inside)::integer as moved_inside,
        bool_and(is_accounted) as is_accounted
    from flow
    group by quarter_code
),
counted as (
    select quarter_code, sum(reports)::integer as reports_now
    from area_quarter_strand
    join cell using (measure_code, area_code)
    where strand_code = 'all'
    group by quarter_code
)
select
    quarter_code,
    (select previous_build from build) as previous_build,
    reports_now - coalesce(difference, 0) as reports_before,
    reports_now,
    coalesce(added, 0) as added,
    coalesce(taken_away, 0) as taken_away,
    coalesce(moved_in, 0) as moved_in,
    coalesce(moved_out, 0) as moved_out,
    coalesce(moved_inside, 0) as moved_inside,
    coalesce(is_accounted, true)
        and coalesce(added + moved_in - taken_away - moved_out, 0) = coalesce(difference, 0) as is_exact
from counted
left join change using (quarter_code)
left join moved using (quarter_code)
where coalesce(difference, 0) <> 0 or moved.quarter_code is not null
order by quarter_code desc
