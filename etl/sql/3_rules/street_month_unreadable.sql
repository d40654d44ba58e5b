-- The month of the street-level record cannot be read.
-- reads: staged_street
select record_number
from staged_street
where month_on is null
