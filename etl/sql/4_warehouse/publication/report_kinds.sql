-- Whether the hate reports held are made up; no row when there are none.
-- reads: load
select distinct is_made_up
from main.load
where not is_open
