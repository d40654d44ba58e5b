-- Every record ever held back, with its text, and how it left the work list.
-- reads: held_item, load
select
    held_item.load_id, load.file_name, load.source_code, load.extracted_on, record_number, record_id, reasons,
    raw_text, left_code, leaving.file_name as left_file
from main.held_item
join main.load using (load_id)
left join main.load as leaving on leaving.load_id = left_load_id
order by load.extracted_on, held_item.load_id, record_number
