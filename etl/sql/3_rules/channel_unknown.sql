-- How the report was made is a word the contract does not know; it is counted as 'other'.
-- reads: staged_report
select record_number
from staged_report
where has_how_reported and channel_code is null
