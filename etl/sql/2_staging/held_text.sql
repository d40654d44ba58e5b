-- The identifier and the text of every record that may be held back.
-- reads: raw_report, ragged_record, held_back
select record_number, nullif(bare(record_id), '') as record_id, to_json(raw_report)::varchar as raw_text
from raw_report
where record_number in (select record_number from held_back)
union all
select record_number, record_id, raw_text
from ragged_record
