-- Every extract taken in, with its reconciliation, the latest extract first.
-- reads: load
select
    load_id, contract_name, provider, is_open, extracted_on, covers_from, covers_to, fingerprint,
    records, accepted, quarantined, reports, new, changed, unchanged
from load
order by extracted_on desc, load_id desc
