-- Every record read from a file was accepted or held back, and none was counted twice.
-- reads: load
select load_id, records, accepted, quarantined
from load
where records <> accepted + quarantined
