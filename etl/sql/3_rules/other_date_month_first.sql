-- A committed or outcome date is month first (American order).
-- reads: staged_report
select record_number
from staged_report
where is_other_date_swapped
