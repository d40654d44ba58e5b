-- Rows of one report name the same victim and differ in what they say of them; the victim is counted once.
-- reads: repeated_row, staged_report
with victim_row as (
    select repeated_row.record_number, repeated_row.record_id, staged_report.victim_ref
    from repeated_row
    join staged_report using (record_number)
    where $grain = 'victim' and not is_different and not is_repeat and victim_ref is not null
)
select record_number
from victim_row
where (record_id, victim_ref) in (
    select (record_id, victim_ref)
    from victim_row
    group by record_id, victim_ref
    having count(*) > 1
)
