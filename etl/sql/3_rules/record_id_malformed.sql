-- The identifier has not the shape its contract states.
-- reads: staged_report
select record_number
from staged_report
where not regexp_full_match(record_id, $id_pattern::varchar)
