-- A committed or outcome date is a spreadsheet's day number (such as 45033); it is treated as not known.
-- reads: staged_report
select record_number
from staged_report
where 'serial' in (committed_from_fault, committed_to_fault, outcome_date_fault)
