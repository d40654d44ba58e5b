-- Enter the accepted street-level records.
-- reads: conformed_street
insert into street_record
select $load_id, month_on, area_code, area_basis, crime_type, is_crime
from conformed_street
