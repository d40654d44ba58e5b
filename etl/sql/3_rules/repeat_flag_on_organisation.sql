-- An organisation is flagged as a repeat victim.
-- reads: staged_report
select record_number
from staged_report
where victim_kind = 'organisation' and repeat_code = 'yes'
