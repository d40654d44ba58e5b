-- The outcome date cannot be read; it is treated as not known.
-- reads: staged_report
select record_number
from staged_report
where has_outcome_date and outcome_on is null and not is_other_date_swapped
