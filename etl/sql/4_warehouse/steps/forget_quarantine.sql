-- Forget what an extract that is judged again left in quarantine.
-- reads: quarantine
delete from quarantine
where load_id = $load_id
