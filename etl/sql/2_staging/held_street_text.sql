-- The text of every street-level record that may be held back.
-- reads: raw_street, ragged_record, held_back
select record_number, null::varchar as record_id, to_json(raw_street)::varchar as raw_text
from raw_street
where record_number in (select record_number from held_back)
union all
select record_number, record_id, raw_text
from ragged_record
