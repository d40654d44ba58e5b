-- Reports that came into, left or changed cells the build before had published: the cell before, the cell now.
-- reads: report_version, current_report, load, previous_load, previous_area_quarter_strand, calendar_quarter, area_quarter_strand
with extract as (
    select *, extracted_on::varchar || fingerprint as order_key
    from load
    where provider = 'police' and not is_open
),
unaltered as (
    select load_id, source_code, order_key
    from previous_load
    join extract using (load_id, fingerprint, extracted_on, loaded_at, accepted, quarantined)
),
altered as (
    select load_id
    from previous_load
    where load_id not in (select load_id from unaltered)
        and load_id not in (select load_id from load where provider <> 'police' or is_open)
),
later as (
    select load_id, source_code, order_key
    from extract
    where load_id not in (select load_id from previous_load)
),
-- The versions tell what each build counted only while extracts arrive in their own order and are judged as they were.
-- Otherwise nothing is told.
arrived as (
    select load_id
    from later
    where (select count(*) from unaltered) > 0
        and (select count(*) from altered) = 0
        and not exists (
            select 1
            from later as late
            join unaltered using (source_code)
            where late.order_key <= unaltered.order_key
        )
),
published as (
    select distinct quarter_code, starts_on, ends_on
    from previous_area_quarter_strand
    join area_quarter_strand using (quarter_code)
    join calendar_quarter using (quarter_code)
),
was as (
    select report_version.source_code, record_id, measure_code, area_code, recorded_on
    from report_version
    join extract on extract.load_id = seen_load_id
    where ended_load_id in (select load_id from arrived)
        and brought_load_id in (select load_id from previous_load)
    qualify row_number() over (partition by report_version.source_code, record_id order by order_key) = 1
),
standing as (
    select source_code, record_id, measure_code, area_code, recorded_on
    from current_report
    where version_load_id in (select load_id from arrived) or record_id in (select record_id from was)
),
cell_before as (
    select source_code, record_id, measure_code, area_code, quarter_code
    from was
    join published on recorded_on between starts_on and ends_on
    where area_code <> 'outside'
),
cell_now as (
    select source_code, record_id, measure_code, area_code, quarter_code
    from standing
    join published on recorded_on between starts_on and ends_on
    where area_code <> 'outside'
),
moved as (
    select
        cell_before.measure_code as measure_before,
        cell_before.area_code as area_before,
        cell_before.quarter_code as quarter_before,
        cell_now.measure_code as measure_now,
        cell_now.area_code as area_now,
        cell_now.quarter_code as quarter_now,
        count(*) as reports
    from cell_before
    full join cell_now using (source_code, record_id)
    where (cell_before.measure_code, cell_before.area_code, cell_before.quarter_code)
        is distinct from (cell_now.measure_code, cell_now.area_code, cell_now.quarter_code)
    group by all
),
-- A report that had been left out and came back, or came back as it had been, leaves no trace in the versions. Where that
-- happened the movements do not add up to the change in the count, and are told to be short of it.
change as (
    select measure_code, area_code, quarter_code, sum(reports) as reports
    from (
        select measure_now as measure_code, area_now as area_code, quarter_now as quarter_code, reports from moved
        union all
        select measure_before, area_before, quarter_before, -reports from moved
    )
    where measure_code is not null
    group by all
),
short as (
    select measure_code, area_code, quarter_code
    from change
    join area_quarter_strand using (measure_code, area_code, quarter_code)
    join previous_area_quarter_strand using (measure_code, area_code, strand_code, quarter_code)
    where strand_code = 'all'
        and change.reports <> area_quarter_strand.reports - previous_area_quarter_strand.reports
)
select
    measure_before, area_before, quarter_before, measure_now, area_now, quarter_now, reports::integer as reports,
    not exists (
        select 1
        from short
        where (short.measure_code, short.area_code, short.quarter_code)
            in ((measure_before, area_before, quarter_before), (measure_now, area_now, quarter_now))
    ) as is_accounted
from moved
order by all
