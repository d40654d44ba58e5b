-- The identifiers that stand on more than one record of the file, and whether those records differ.
-- reads: raw_report
with repeated as (
    select trim(record_id) as repeated_id
    from raw_report
    where trim(record_id) <> ''
    group by trim(record_id)
    having count(*) > 1
),
content as (
    select record_number, trim(record_id) as record_id, hash(*columns(* exclude (record_number))) as content
    from raw_report
    where trim(record_id) in (select repeated_id from repeated)
)
select record_id, min(record_number) as first_number, count(distinct content) > 1 as is_different
from content
group by record_id
