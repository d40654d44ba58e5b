-- The records whose identifier stands on more than one row: whether those rows disagree about their report, and which repeat a row.
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
        hash(*columns(raw_report.* exclude (record_number))) as row_content,
        hash(
            -- What a row may say of its own: of its victim where a row is a victim, of its flag where a row is a flag.
            if($grain <> 'victim', [victim_ref, victim_type, victim_age, repeat_victim, victim_ethnicity], null),
            if($grain <> 'flag', [strands, strand_cells, several_flag, religion_targeted, race_subgroup], null),
            hash(*columns(raw_report.* exclude (
                record_number, victim_ref, victim_type, victim_age, repeat_victim, victim_ethnicity,
                strands, strand_cells, several_flag, religion_targeted, race_subgroup
            )))
        ) as report_content
    from raw_report
    join identified using (record_number)
    join repeated on repeated.record_id = identified.record_id
)
select
    record_number,
    record_id,
    count(distinct report_content) over (partition by record_id) > 1 as is_different,
    row_number() over (partition by record_id, row_content order by record_number) > 1 as is_repeat
from content
