-- The street-level record has no crime type.
-- reads: staged_street
select record_number
from staged_street
where crime_type is null
