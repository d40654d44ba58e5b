-- The recorded date cannot be read in any of the stated formats.
-- reads: staged_report
select record_number
from staged_report
where recorded_date_fault = 'unreadable'
