-- One category stands for race and religion together and cannot be split.
-- reads: staged_report
select record_number
from staged_report
where has_combined_strand
