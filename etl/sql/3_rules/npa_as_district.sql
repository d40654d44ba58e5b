-- The local authority column names a policing area, which is no district; it is passed over.
-- reads: staged_report, coded_place
select record_number
from staged_report
join coded_place using (place_number)
where list_contains(remarks, 'policing_area')
