-- The offence code is none the contract lists.
-- reads: staged_report
select record_number
from staged_report
where offence_code is not null and offence_code_group is null
