-- Each different way the religion targeted was written, with the religions it names.
-- reads: raw_report, word
with written as (
    select distinct religion_targeted as text
    from raw_report
    where trim(religion_targeted) <> ''
),
part as (
    select text, unnest(string_split_regex(text, $any_separator)) as part
    from written
),
named as (
    select text, coalesce(code, 'other') as code, code is null as is_unknown
    from part
    left join word on field = 'religion' and word = plain(part)
    where plain(part) <> ''
),
summed as (
    select text, list_sort(list(distinct code)) as codes, bool_or(is_unknown) as has_unknown
    from named
    group by text
)
select
    text,
    -- A religion that was named outweighs the words "not known" beside it.
    case when len(codes) > 1 then list_filter(codes, lambda code: code <> 'not_known') else codes end as religion_codes,
    has_unknown
from summed
