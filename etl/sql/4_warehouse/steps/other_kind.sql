-- Loads of the other kind: personal for what is made up, made up for what is personal; real open data go with either.
-- reads: load
select load_id
from load
where is_made_up <> $is_made_up and (is_made_up or not is_open)
limit 1
