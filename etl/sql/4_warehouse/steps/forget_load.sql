-- Forget what an extract that is judged again left in load.
-- reads: load
delete from load
where load_id = $load_id
