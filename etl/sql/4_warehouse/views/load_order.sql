-- The order of extracts: by extract date, then fingerprint, so that loads in any order end the same.
-- reads: load
create or replace view load_order as
select load_id, source_code, coverage, covers_from, covers_to, extracted_on, extracted_on::varchar || sha256 as order_key
from main.load
