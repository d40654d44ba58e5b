-- The record's type says that it was cancelled or transferred to another force.
-- reads: staged_report
select record_number
from staged_report
where measure_code = 'cancelled'
