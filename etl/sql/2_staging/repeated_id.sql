-- The identifiers that stand on more than one record of the file, and whether those records differ.
-- reads: raw_report
with identified as (
    select record_number, bare(record_id) as record_id
    from raw_report
),
repeated as (
    select record_id
    from identified
    where record_id <> ''
    group by record_id
    having count(*) > 1
),
content as (
    select
        raw_report.record_number,
        identified.record_id,
        hash(*columns(raw_report.* exclude (record_number))) as content
    from raw_report
    join identified using (record_number)
    join repeated on repeated.record_id = identified.record_id
)
select record_id, min(record_number) as first_number, count(distinct content) > 1 as is_different
from content
group by record_id
