-- Forget what an extract that is judged again left in street_record.
-- reads: street_record
delete from street_record
where load_id = $load_id
