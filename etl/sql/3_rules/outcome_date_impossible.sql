-- The outcome is dated before the record or after the extract.
-- reads: staged_report
select record_number
from staged_report
where outcome_on < recorded_on or outcome_on > $extracted_on::date
