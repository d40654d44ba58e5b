-- Two fields of the record name different places; the more certain one is used.
-- reads: staged_report
select record_number
from staged_report
where is_place_conflicting
