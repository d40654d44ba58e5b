-- The record was recorded after the extract was made.
-- reads: staged_report
select record_number
from staged_report
where recorded_on > $extracted_on::date
