-- The source says that there were several motivations, and fewer than two strands are named.
-- reads: staged_report
select record_number
from staged_report
where several_code = 'yes' and len(strand_codes) < 2
