-- The highest build number that was finished.
-- reads: publication
select coalesce(max(build_number), 0)
from publication
where is_finished
