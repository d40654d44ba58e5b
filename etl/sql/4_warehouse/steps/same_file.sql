-- The same extract taken in before: the same bytes, said to be of the same day and the same window.
-- reads: load
select load_id, judged_by, records, accepted, quarantined, reports, is_made_up
from load
where source_code = $source_code
    and sha256 = $sha256
    and extracted_on = $extracted_on
    and coverage = $coverage
    and ($covers_from::date is null or (covers_from = $covers_from and covers_to = $covers_to))
