-- The work list: records held back that no later extract has brought corrected, sent again or left out.
-- reads: held_item
create or replace view open_quarantine as
select load_id, record_number, source_code, record_id, reasons, raw_text
from main.held_item
where left_code is null
