-- Each different cell of the date columns and the day it names; where none can be read, what stands in the way.
-- reads: raw_report, word
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
),
unread as (
    -- Only a cell that fits no format, or names a day that stands for a blank, need be read again.
    select
        text,
        read_on,
        not regexp_matches(text, '[\pL\pN]') or plain(text) in (select word from word where field = 'blank') as is_blank,
        read_on is null and try_strptime(text, $swapped_formats) is not null as is_month_first,
        -- The days since 1900 that a spreadsheet counts in.
        regexp_full_match(trim(text), '[1-9][0-9]{4}([.,][0-9]*)?') as is_serial
    from parsed
    where read_on is null or read_on <= date '1900-01-01'
)
select
    parsed.text,
    not coalesce(unread.is_blank, false) as is_written,
    case when unread.text is null then parsed.read_on end as day_on,
    case
        when unread.text is null or unread.is_blank then null
        when unread.is_month_first then 'month_first'
        when unread.is_serial then 'serial'
        -- A year of two figures is read as one of the first century.
        when unread.read_on >= date '1000-01-01' then 'placeholder'
        else 'unreadable'
    end as fault
from parsed
left join unread on unread.text = parsed.text
