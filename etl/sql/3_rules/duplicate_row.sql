-- The record repeats another record of the file word for word; the first is kept.
-- reads: repeated_row
select record_number
from repeated_row
where is_repeat and not is_different
