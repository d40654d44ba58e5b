-- The record was committed more than ten years before it was recorded.
-- reads: staged_report
select record_number
from staged_report
where committed_from_on < recorded_on - interval 10 year
