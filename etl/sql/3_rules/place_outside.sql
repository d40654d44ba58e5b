-- The record lies outside Leicester, Leicestershire and Rutland; it is kept and counted in no total.
-- reads: staged_report
select record_number
from staged_report
where area_code = 'outside'
