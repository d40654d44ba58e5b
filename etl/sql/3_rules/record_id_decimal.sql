-- The identifier was rewritten by a spreadsheet as a decimal number (such as 21000012345.0).
-- reads: staged_report
select record_number
from staged_report
where regexp_full_match(record_id, '[0-9]+[.,]0*') and not coalesce(regexp_full_match(record_id, $id_pattern::varchar), false)
