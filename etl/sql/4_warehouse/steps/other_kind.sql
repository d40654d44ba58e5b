-- Loads of the other kind (made up or personal), open sources aside.
-- reads: load
select load_id
from load
where is_made_up <> $is_made_up and source_code not in (select unnest($open_sources))
limit 1
