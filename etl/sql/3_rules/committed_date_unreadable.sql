-- A committed date cannot be read; it is treated as not known.
-- reads: staged_report
select record_number
from staged_report
where 'unreadable' in (committed_from_fault, committed_to_fault)
