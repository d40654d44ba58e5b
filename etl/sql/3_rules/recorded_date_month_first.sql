-- The recorded date is month first (American order).
-- reads: staged_report
select record_number
from staged_report
where recorded_date_fault = 'month_first'
