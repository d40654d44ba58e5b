-- The type of victim is a word the contract does not know; it is counted as 'not known'.
-- reads: staged_report
select record_number
from staged_report
where has_victim_type and victim_kind is null
