-- The record was committed after it was recorded.
-- reads: staged_report
select record_number
from staged_report
where committed_from_on > recorded_on
