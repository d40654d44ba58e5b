-- The reports whose live version this extract may have moved: those it says something new of, and those it leaves out.
-- reads: arrival, judged_away, report_version, load_order, quarantine
select record_id
from arrival
where (is_known and not is_live) or $has_later
union
select record_id
from judged_away
union
select report_version.record_id
from report_version
join load_order on load_order.load_id = seen_load_id
where $coverage = 'full'
    and report_version.source_code = $source_code
    and ended_load_id is null
    and recorded_on between $covers_from and $covers_to
    and load_order.order_key < $order_key
    and report_version.record_id not in (select record_id from arrival)
    and not exists (
        select 1
        from quarantine
        where quarantine.load_id = $load_id and quarantine.record_id = report_version.record_id
            and not list_contains(quarantine.reasons, 'record_cancelled')
    )
