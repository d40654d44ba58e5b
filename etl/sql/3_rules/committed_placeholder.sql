-- A committed date is 1 January 1900 or earlier, which stands for a blank; it is treated as not known.
-- reads: staged_report
select record_number
from staged_report
where 'placeholder' in (committed_from_fault, committed_to_fault)
