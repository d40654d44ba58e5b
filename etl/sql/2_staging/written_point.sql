-- Every different point written in the file, once.
-- reads: raw_street
select
    row_number() over () as place_number,
    *
from (
    select distinct
        coalesce(lsoa_code, '') as lsoa_code,
        coalesce(longitude, '') as longitude,
        coalesce(latitude, '') as latitude
    from raw_street
) as written
