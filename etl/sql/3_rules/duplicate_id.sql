-- Records of the file share an identifier and differ.
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
)
select record_number
from written
where record_id in (select record_id from written group by record_id having count(distinct content) > 1)
