-- Forget what an extract that is judged again left in load_rule.
-- reads: load_rule
delete from load_rule
where load_id = $load_id
