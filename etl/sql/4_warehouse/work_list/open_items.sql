-- The records the data officer has to ask about, with their text.
-- reads: open_quarantine, load
select
    open_quarantine.load_id, load.file_name, load.source_code, load.extracted_on, record_number, record_id, reasons,
    raw_text, null::varchar as left_code, null::varchar as left_file
from main.open_quarantine
join main.load using (load_id)
order by load.extracted_on, open_quarantine.load_id, record_number
