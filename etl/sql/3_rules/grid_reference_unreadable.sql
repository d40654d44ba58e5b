-- The easting or northing is not a number, or one is there without the other; both are passed over.
-- reads: staged_report, coded_place
select record_number
from staged_report
join coded_place using (place_number)
where list_contains(remarks, 'grid_unreadable')
