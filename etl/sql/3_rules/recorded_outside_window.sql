-- The record was recorded outside the window the file says it covers.
-- reads: staged_report
select record_number
from staged_report
where recorded_on not between $covers_from::date and $covers_to::date
