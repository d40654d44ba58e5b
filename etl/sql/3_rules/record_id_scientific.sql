-- The identifier was rewritten by a spreadsheet (such as 2.1E+10).
-- reads: staged_report
select record_number
from staged_report
where regexp_full_match(record_id, '[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+')
