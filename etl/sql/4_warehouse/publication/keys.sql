-- The fingerprints of the keys builds were protected with.
-- reads: publication
select distinct key_fingerprint
from publication
where key_fingerprint is not null
