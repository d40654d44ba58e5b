-- The record has an outcome date and no outcome; it is treated as not yet assigned.
-- reads: staged_report
select record_number
from staged_report
where outcome_on is not null and coalesce(outcome_code, 'not_assigned') = 'not_assigned' and not (has_outcome_code and outcome_code is null)
