-- The recorded date cannot be read in any of the stated formats.
-- reads: staged_report
select record_number
from staged_report
where has_recorded_date and recorded_on is null and not is_recorded_swapped
