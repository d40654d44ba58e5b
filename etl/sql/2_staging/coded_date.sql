-- Each different cell of the date columns and the day it names; where none can be read, whether it would be month first.
-- reads: raw_report
with written as (
    select recorded_date as text from raw_report
    union
    select committed_from as text from raw_report
    union
    select committed_to as text from raw_report
    union
    select outcome_date as text from raw_report
),
parsed as (
    select text, try_strptime(text, $formats)::date as read_on
    from written
    where text is not null
)
select
    text,
    trim(text) <> '' as is_written,
    case when year(read_on) >= 1900 then read_on end as day_on,
    -- A case is worked out only for the rows it names, and only a cell that fits no format need be read again.
    case when read_on is null then try_strptime(text, $swapped_formats) is not null else false end as is_swapped
from parsed
