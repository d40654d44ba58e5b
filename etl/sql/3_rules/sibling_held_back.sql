-- Another row of the same report is held back.
-- reads: staged_report, ragged_record, broken_rule, rule
with row_of_report as (
    select record_number, record_id
    from staged_report
    where record_id is not null
    union all
    select record_number, record_id
    from ragged_record
    where record_id is not null
),
held_back_row as (
    select distinct record_number
    from broken_rule
    join rule using (rule_code)
    -- A report loses nothing by a row that only repeats another.
    where severity = 'quarantine' and rule_code <> 'duplicate_row'
)
select row_of_report.record_number
from row_of_report
where $grain <> 'report'
    and record_id in (
        select record_id
        from row_of_report
        join held_back_row using (record_number)
    )
    and record_number not in (select record_number from held_back_row)
