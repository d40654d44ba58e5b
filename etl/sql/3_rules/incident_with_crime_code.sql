-- A non-crime incident carries a crime's offence code.
-- reads: staged_report
select record_number
from staged_report
where measure_code = 'incident' and offence_code_group <> 'non_crime'
