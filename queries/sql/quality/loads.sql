-- Every extract taken in, with its reconciliation.
-- reads: load
select load_id, source_code, file_name, fingerprint, extracted_on, covers_from, covers_to, records, accepted, quarantined, new, changed, unchanged
from load
order by load_id desc
