-- Each different way the strands were written, with the strands it names and the words it names that nobody knows.
-- reads: raw_report, word, strand_column
with written as (
    select distinct strands, strand_cells
    from raw_report
),
numbered as (
    select row_number() over () as written_number, *
    from written
),
listed_part as (
    select written_number, unnest(string_split_regex(strands, $separators)) as part
    from numbered
),
combined_part as (
    select written_number, part
    from listed_part
    join word on field = 'strand' and code = 'combined' and word = plain(part)
),
single_part as (
    select written_number, part
    from listed_part
    where plain(part) in (select word from word where field in ('strand', 'blank'))
    union all
    select written_number, unnest(string_split_regex(part, $inner_separators)) as part
    from listed_part
    where plain(part) not in (select word from word where field in ('strand', 'blank'))
),
named_strand as (
    select written_number, code, code is null as is_unknown
    from single_part
    left join word on field in ('strand', 'blank') and word = plain(part)
    where (plain(part) <> '' or regexp_matches(part, '\pL'))
        and coalesce(code, '') <> 'combined'
        -- Among keywords of many kinds, one that is no known word and does not begin like a motivation is about something else.
        and (code is not null or $motivation::varchar is null or regexp_matches(lower(trim(part)), $motivation))
),
cell as (
    select written_number, string_split(unnest(string_split(strand_cells, chr(30))), chr(31)) as named
    from numbered
),
cell_part as (
    select written_number, named[1] as column_name, unnest(string_split_regex(named[2], $separators)) as part
    from cell
),
celled_strand as (
    select
        written_number,
        coalesce(word.code, blank.code, otherwise_code) as code,
        coalesce(word.code, blank.code, otherwise_code, 'unknown') = 'unknown' as is_unknown
    from cell_part
    join strand_column using (column_name)
    left join word
        on word.field = 'strand column ' || column_name and word.word = coalesce(nullif(plain(part), ''), trim(part))
    left join word as blank on blank.field = 'blank' and blank.word = plain(part)
    where trim(part) <> ''
),
summed as (
    select
        written_number,
        list_sort(list(distinct code) filter (where code not in ('none', 'unknown', 'not_known'))) as strand_codes,
        bool_or(is_unknown) as has_unknown
    from (select * from named_strand union all select * from celled_strand) as found
    group by written_number
)
select
    strands,
    strand_cells,
    concat_ws(chr(29), coalesce(strands, ''), coalesce(strand_cells, '')) as written,
    any_value(coalesce(strand_codes, []::varchar[])) as strand_codes,
    any_value(coalesce(has_unknown, false)) as has_unknown,
    bool_or(combined_part.written_number is not null) as has_combined
from numbered
left join summed using (written_number)
left join combined_part using (written_number)
group by all
