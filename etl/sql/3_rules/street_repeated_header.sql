-- The street-level record repeats the header row.
-- reads: raw_street, heading
select record_number
from raw_street
where month = (select text from heading where field = 'month')
    and crime_type = (select text from heading where field = 'crime_type')
