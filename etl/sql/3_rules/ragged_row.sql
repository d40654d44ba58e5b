-- The record has more or fewer cells than the header row.
-- reads: ragged_record
select record_number
from ragged_record
