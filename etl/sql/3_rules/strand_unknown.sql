-- A strand is named that no spelling of the contract knows.
-- reads: staged_report
select record_number
from staged_report
where has_unknown_strand
