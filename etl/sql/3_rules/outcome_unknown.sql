-- The outcome is none of the Home Office list; it is treated as not yet assigned.
-- reads: staged_report
select record_number
from staged_report
where has_outcome_code and outcome_code is null
