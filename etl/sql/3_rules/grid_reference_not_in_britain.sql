-- The easting and northing are of no point in Great Britain; both are passed over.
-- reads: staged_report, coded_place
select record_number
from staged_report
join coded_place using (place_number)
where list_contains(remarks, 'grid_not_in_britain')
