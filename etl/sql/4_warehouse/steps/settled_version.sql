-- For every version of the touched reports: the load that ended it, if any, and the first load of its report.
-- reads: touched_report, report_version, load_order, quarantine
with version as (
    select
        report_version.record_id,
        content,
        recorded_on,
        seen.order_key as seen_key,
        first_value(brought_load_id) over (partition by report_version.record_id order by brought.order_key) as first_load_id,
        lead(case when brought.order_key > seen.order_key then brought_load_id else seen_load_id end)
            over (partition by report_version.record_id order by seen.order_key) as next_load_id
    from report_version
    join touched_report using (record_id)
    join load_order as seen on seen.load_id = seen_load_id
    join load_order as brought on brought.load_id = brought_load_id
    where report_version.source_code = $source_code
),
left_out as (
    select version.record_id, min_by(load_order.load_id, load_order.order_key) as load_id
    from version
    join load_order
        on load_order.order_key > version.seen_key
        and recorded_on between load_order.covers_from and load_order.covers_to
    where next_load_id is null
        and load_order.source_code = $source_code
        and load_order.coverage = 'full'
        and not exists (
            select 1
            from quarantine
            where quarantine.load_id = load_order.load_id and quarantine.record_id = version.record_id
                -- A row that says it was cancelled withdraws its report.
                and not list_contains(quarantine.reasons, 'record_cancelled')
        )
    group by version.record_id
)
select
    version.record_id,
    version.content,
    version.first_load_id,
    coalesce(version.next_load_id, left_out.load_id) as ended_load_id
from version
left join left_out on version.next_load_id is null and left_out.record_id = version.record_id
