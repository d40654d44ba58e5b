-- How many recorded dates can only be day first, and how many only month first.
-- reads: raw_report
with slashed as (
    select regexp_extract(recorded_date, '^ *([0-9]{1,2})/([0-9]{1,2})/', ['first', 'second']) as part
    from raw_report
    where recorded_date like '%/%'
),
numbered as (
    select try_cast(part.first as integer) as first, try_cast(part.second as integer) as second
    from slashed
)
select
    count(*) filter (where first > 12 and second <= 12) as day_first,
    count(*) filter (where second > 12 and first <= 12) as month_first
from numbered
