-- The small-area (LSOA) code has not the shape of one; it is passed over.
-- reads: staged_report, coded_place
select record_number
from staged_report
join coded_place using (place_number)
where list_contains(remarks, 'lsoa_unreadable')
