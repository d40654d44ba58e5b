-- The type of place is a word the contract does not know; it is counted as 'other'.
-- reads: staged_report
select record_number
from staged_report
where has_location_type and location_type_code is null
