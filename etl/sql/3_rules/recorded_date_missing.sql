-- The record has no recorded date.
-- reads: staged_report
select record_number
from staged_report
where not has_recorded_date
