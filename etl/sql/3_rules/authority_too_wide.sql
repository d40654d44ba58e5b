-- The local authority column names more than one authority (such as the county or the force); it is passed over.
-- reads: staged_report, coded_place
select record_number
from staged_report
join coded_place using (place_number)
where list_contains(remarks, 'wider_area')
