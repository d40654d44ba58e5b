-- A crime carries an offence code or group that says it is no crime; it is counted as a crime.
-- reads: staged_report
select record_number
from staged_report
where measure_code = 'crime' and 'non_crime' in (offence_code_group, offence_group_code)
