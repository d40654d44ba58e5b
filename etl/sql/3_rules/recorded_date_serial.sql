-- The recorded date is a spreadsheet's day number (such as 45033), not a date.
-- reads: staged_report
select record_number
from staged_report
where recorded_date_fault = 'serial'
