-- The repeat victim or online flag is neither yes nor no; it is counted as 'not known'.
-- reads: staged_report
select record_number
from staged_report
where (has_repeat_victim and repeat_code is null) or (has_online and online_code is null)
