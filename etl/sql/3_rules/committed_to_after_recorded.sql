-- The record's last committed date is after it was recorded.
-- reads: staged_report
select record_number
from staged_report
where committed_to_on > recorded_on
