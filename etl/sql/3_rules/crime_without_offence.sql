-- A crime carries neither an offence code nor an offence group.
-- reads: staged_report
select record_number
from staged_report
where measure_code = 'crime' and offence_code is null and (not has_offence_group or offence_group_code = 'not_known')
