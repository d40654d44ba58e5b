-- The last build, if its pointer was never moved.
-- reads: publication
select build_number
from publication
where not is_finished
order by build_number desc
limit 1
