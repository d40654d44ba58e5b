-- A religion targeted is named that the contract does not know; it is counted as 'other'.
-- reads: staged_report
select record_number
from staged_report
where has_unknown_religion
