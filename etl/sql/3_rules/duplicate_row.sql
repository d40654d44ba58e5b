-- The record repeats another record of the file word for word; the first is kept.
-- reads: raw_report
with written as (
    select record_number, trim(record_id) as record_id, hash(*columns(* exclude (record_number))) as content
    from raw_report
    where trim(record_id) in (
        select trim(record_id)
        from raw_report
        where trim(record_id) <> ''
        group by trim(record_id)
        having count(*) > 1
    )
),
repeated as (
    select record_id, min(record_number) as first_number
    from written
    group by record_id
    having count(distinct content) = 1
)
select record_number
from written
join repeated using (record_id)
where record_number > first_number
