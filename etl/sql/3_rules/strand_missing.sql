-- No strand is recorded.
-- reads: staged_report
select record_number
from staged_report
where len(strand_codes) = 0 and not has_unknown_strand and not has_combined_strand
