-- Five strands or more are named at once, which often stands for a form filled in from top to bottom.
-- reads: staged_report
select record_number
from staged_report
where len(strand_codes) >= 5
