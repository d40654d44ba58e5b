-- Each different way the religion targeted was written, with the religions it names.
-- reads: raw_report, word
with written as (
    select distinct religion_targeted as text
    from raw_report
    where trim(religion_targeted) <> ''
),
listed_part as (
    select text, unnest(string_split_regex(text, $separators)) as part
    from written
),
part as (
    select text, part
    from listed_part
    where plain(part) in (select word from word where field in ('religion', 'blank'))
    union all
    select text, unnest(string_split_regex(part, $inner_separators)) as part
    from listed_part
    where plain(part) not in (select word from word where field in ('religion', 'blank'))
),
named as (
    select
        text,
        coalesce(word.code, if(blank.word is not null, 'not_known', 'other')) as code,
        word.code is null and blank.word is null as is_unknown
    from part
    left join word on word.field = 'religion' and word.word = plain(part)
    left join word as blank on blank.field = 'blank' and blank.word = plain(part)
    where regexp_matches(part, '[\pL\pN]')
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
