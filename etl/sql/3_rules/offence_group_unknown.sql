-- The offence group is none the contract knows; the code's own group, or 'other', is used.
-- reads: staged_report
select record_number
from staged_report
where has_offence_group and offence_group_code is null
