-- The month of the street-level record is after the file's own, or before publication began.
-- reads: staged_street
select record_number
from staged_street
where month_on > $extracted_on::date or month_on < $earliest::date
