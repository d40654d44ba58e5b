-- The record's last committed date is before its first.
-- reads: staged_report
select record_number
from staged_report
where committed_to_on < committed_from_on
