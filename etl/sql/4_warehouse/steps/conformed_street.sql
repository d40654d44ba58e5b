-- Accepted street-level records.
-- reads: staged_street, held_back
select month_on, reported_by, area_code, area_basis, crime_type, is_crime
from staged_street
where record_number not in (select record_number from held_back)
