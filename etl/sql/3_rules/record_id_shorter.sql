-- The identifier is shorter than nearly all others of the file, as if zeros in front were lost.
-- reads: staged_report
with figures as (
    select record_number, record_id, max(len(record_id)) over () as longest, count(*) over () as identifiers
    from staged_report
    where regexp_full_match(record_id, '[0-9]+')
),
shorter as (
    select record_number, identifiers, count(*) over () as shorter_identifiers
    from figures
    where len(record_id) < longest
)
select record_number
from shorter
-- Numbers given in turn grow longer too, but then at least one in ten is shorter.
where shorter_identifiers * 20 <= identifiers
