-- Enter the accepted street-level records.
-- reads: conformed_street
insert into street_record by name
select $load_id as load_id, month_on, area_code, area_basis, crime_type, is_crime, reported_by
from conformed_street
