-- The record does not say whether it is a crime or an incident.
-- reads: staged_report
select record_number
from staged_report
where not has_record_type
