-- No authority, postcode or grid reference places the record.
-- reads: staged_report
select record_number
from staged_report
where area_code = 'not_known'
