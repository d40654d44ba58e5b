-- A committed date cannot be read; it is treated as not known.
-- reads: staged_report
select record_number
from staged_report
where not is_other_date_swapped
    and ((has_committed_from and committed_from_on is null) or (has_committed_to and committed_to_on is null))
