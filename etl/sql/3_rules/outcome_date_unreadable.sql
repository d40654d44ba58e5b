-- The outcome date cannot be read; it is treated as not known.
-- reads: staged_report
select record_number
from staged_report
where outcome_date_fault in ('unreadable', 'placeholder')
