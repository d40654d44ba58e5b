-- The recorded date is before any that could be meant (such as 1 January 1900).
-- reads: staged_report
select record_number
from staged_report
where recorded_on < $earliest::date or recorded_date_fault = 'placeholder'
