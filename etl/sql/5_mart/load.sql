-- Every extract taken in: what it was, what it covered, and where each of its records went.
-- reads: load
select
    load_id, source_code, contract_name, provider, is_open, file_name, left(sha256, 12) as fingerprint, extracted_on, covers_from, covers_to,
    coverage, loaded_at, records, accepted, quarantined, new, changed, unchanged, reports, is_made_up
from load
order by load_id
