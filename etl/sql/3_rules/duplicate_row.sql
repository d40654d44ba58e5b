-- The record repeats another record of the file word for word; the first is kept.
-- reads: staged_report, repeated_id
select record_number
from staged_report
join repeated_id using (record_id)
where not is_different and record_number > first_number
