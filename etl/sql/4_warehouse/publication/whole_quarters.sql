-- How many quarters the extracts cover whole.
-- reads: calendar_quarter
select count(*)
from calendar_quarter
where is_complete
