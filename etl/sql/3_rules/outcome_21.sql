-- Outcome 21 (not in the public interest, police decision) should not normally be used for hate crime.
-- reads: staged_report
select record_number
from staged_report
where outcome_code = '21'
