-- The record's type is neither crime nor incident in any spelling known.
-- reads: staged_report
select record_number
from staged_report
where has_record_type and measure_code is null
