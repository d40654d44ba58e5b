-- The record repeats the header row.
-- reads: raw_report, heading
select record_number
from raw_report
where record_id = (select text from heading where field = 'record_id')
    and recorded_date = (select text from heading where field = 'recorded_date')
