-- The same file taken in before: where its records went.
-- reads: load
select records, accepted, quarantined, is_made_up
from load
where source_code = $source_code and sha256 = $sha256
