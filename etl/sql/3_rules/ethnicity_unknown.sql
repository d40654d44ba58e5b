-- The victim's ethnicity is a word the contract does not know; it is counted as 'not known'.
-- reads: staged_report
select record_number
from staged_report
where has_victim_ethnicity and victim_ethnicity_code is null
