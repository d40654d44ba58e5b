-- The record has no identifier.
-- reads: staged_report
select record_number
from staged_report
where record_id is null
