-- Every record ever held back, and what took it off the work list, if anything has.
-- reads: quarantine, load, load_order, report_version
create or replace view held_item as
with item as (
    select
        quarantine.load_id,
        record_number,
        quarantine.source_code,
        record_id,
        -- An identifier a spreadsheet rewrote names no record that could be met again.
        case when not list_has_any(reasons, ['record_id_scientific', 'record_id_decimal']) then record_id end as known_id,
        reasons,
        raw_text,
        load_order.coverage,
        order_key
    from main.quarantine
    join main.load_order using (load_id)
),
taken_again as (
    select earlier.load_id, max(later.load_id) as left_load_id
    from main.load as earlier
    join main.load as later
        on later.source_code = earlier.source_code
        and later.sha256 = earlier.sha256
        and later.extracted_on = earlier.extracted_on
        and later.load_id > earlier.load_id
    group by earlier.load_id
),
accepted as (
    select report_version.source_code, record_id, max_by(seen_load_id, order_key) as left_load_id, max(order_key) as order_key
    from main.report_version
    join main.load_order on load_order.load_id = seen_load_id
    where record_id in (select known_id from item)
    group by report_version.source_code, record_id
),
held_again as (
    select source_code, known_id as record_id, max_by(load_id, order_key) as left_load_id, max(order_key) as order_key
    from item
    where known_id is not null
    group by source_code, known_id
),
sent_again as (
    select earlier.load_id, max_by(later.load_id, later.order_key) as left_load_id
    from main.load_order as earlier
    join main.load_order as later
        on later.source_code = earlier.source_code
        and later.coverage = 'full'
        and later.order_key > earlier.order_key
        and later.covers_from <= earlier.covers_from
        and later.covers_to >= earlier.covers_to
    group by earlier.load_id
),
judged as (
    select
        item.*,
        taken_again.left_load_id as taken_again_by,
        case
            when held_again.order_key > item.order_key and held_again.order_key >= coalesce(accepted.order_key, '')
                then held_again.left_load_id
        end as held_again_by,
        case when accepted.order_key > item.order_key then accepted.left_load_id end as accepted_by,
        -- Changes name their records only when something changed, so a full extract without one says nothing of it.
        case when known_id is null or item.coverage = 'full' then sent_again.left_load_id end as sent_again_by
    from item
    left join taken_again using (load_id)
    left join held_again on held_again.source_code = item.source_code and held_again.record_id = known_id
    left join accepted on accepted.source_code = item.source_code and accepted.record_id = known_id
    left join sent_again on sent_again.load_id = item.load_id
)
select
    load_id,
    record_number,
    source_code,
    record_id,
    reasons,
    raw_text,
    case
        when taken_again_by is not null then 'taken_again'
        when held_again_by is not null then 'held_again'
        when accepted_by is not null then 'accepted'
        when sent_again_by is not null and known_id is null then 'sent_again'
        when sent_again_by is not null then 'left_out'
    end as left_code,
    coalesce(taken_again_by, held_again_by, accepted_by, sent_again_by) as left_load_id
from judged
