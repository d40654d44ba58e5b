-- A committed or outcome date is month first (American order).
-- reads: staged_report
select record_number
from staged_report
where 'month_first' in (committed_from_fault, committed_to_fault, outcome_date_fault)
