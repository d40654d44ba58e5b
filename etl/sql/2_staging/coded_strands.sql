-- Each different way the strands were written, with the strands it names and the words it names that nobody knows.
-- reads: raw_report, word
with written as (
    select distinct
        strands, strand_race, strand_religion, strand_sexual_orientation, strand_disability, strand_transgender, strand_other
    from raw_report
),
numbered as (
    select row_number() over () as written_number, *
    from written
),
listed_part as (
    select written_number, unnest(string_split_regex(strands, '[;,|\n\r]+')) as part
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
    where plain(part) in (select word from word where field = 'strand')
    union all
    select written_number, unnest(string_split(part, '/')) as part
    from listed_part
    where plain(part) not in (select word from word where field = 'strand')
),
named_strand as (
    select written_number, code, code is null as is_unknown
    from single_part
    left join word on field = 'strand' and word = plain(part)
    where (plain(part) <> '' or regexp_matches(part, '\pL')) and coalesce(code, '') <> 'combined'
),
flag as (
    select
        written_number,
        unnest([
            {'strand_code': 'race', 'text': strand_race},
            {'strand_code': 'religion', 'text': strand_religion},
            {'strand_code': 'sexual_orientation', 'text': strand_sexual_orientation},
            {'strand_code': 'disability', 'text': strand_disability},
            {'strand_code': 'transgender', 'text': strand_transgender},
            {'strand_code': 'other', 'text': strand_other}
        ], recursive := true)
    from numbered
),
flagged_strand as (
    select
        written_number,
        case when code = 'yes' then strand_code when code = 'no' then 'none' end as code,
        code is null as is_unknown
    from flag
    left join word on field = 'strand_flag' and word = case when trim(text) = '-' then 'no' else plain(text) end
    where trim(text) <> ''
),
summed as (
    select
        written_number,
        list_sort(list(distinct code) filter (where code <> 'none')) as strand_codes,
        bool_or(is_unknown) as has_unknown
    from (select * from named_strand union all select * from flagged_strand) as found
    group by written_number
)
select
    concat_ws(
        chr(31),
        coalesce(strands, ''),
        coalesce(strand_race, ''),
        coalesce(strand_religion, ''),
        coalesce(strand_sexual_orientation, ''),
        coalesce(strand_disability, ''),
        coalesce(strand_transgender, ''),
        coalesce(strand_other, '')
    ) as written,
    any_value(coalesce(strand_codes, []::varchar[])) as strand_codes,
    any_value(coalesce(has_unknown, false)) as has_unknown,
    bool_or(combined_part.written_number is not null) as has_combined
from numbered
left join summed using (written_number)
left join combined_part using (written_number)
group by all
