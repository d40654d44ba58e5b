-- The versions this extract held as it was judged before and does not hold now, with the extracts that held them then.
-- reads: report_version, conformed_report, load_order
with gone as (
    select record_id, content, recorded_on, brought_load_id, seen_load_id
    from report_version
    where source_code = $source_code
        and (brought_load_id = $load_id or seen_load_id = $load_id)
        and not exists (
            select 1
            from conformed_report
            where conformed_report.record_id = report_version.record_id
                and conformed_report.content = report_version.content
        )
),
holder as (
    -- Only the first and the last extract that held a version are kept, and every full one of its day between them held it as well.
    select gone.record_id, gone.content, load_order.load_id, load_order.order_key
    from gone
    join load_order as brought on brought.load_id = brought_load_id
    join load_order as seen on seen.load_id = seen_load_id
    join load_order
        on load_order.source_code = $source_code
        and load_order.order_key between brought.order_key and seen.order_key
        and load_order.load_id <> $load_id
        and (
            load_order.load_id in (brought_load_id, seen_load_id)
            or (load_order.coverage = 'full' and recorded_on between load_order.covers_from and load_order.covers_to)
        )
)
select
    gone.record_id,
    gone.content,
    min_by(load_id, order_key) as brought_load_id,
    max_by(load_id, order_key) as seen_load_id
from gone
left join holder using (record_id, content)
group by gone.record_id, gone.content
