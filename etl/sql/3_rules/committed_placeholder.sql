-- A committed date is 1 January 1900 or earlier, which stands for a blank.
-- reads: staged_report
select record_number
from staged_report
where committed_from_on <= date '1900-01-01' or committed_to_on <= date '1900-01-01'
