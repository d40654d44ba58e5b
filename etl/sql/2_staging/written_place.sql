-- Every different place written in the file, once.
-- reads: raw_report
select
    row_number() over () as place_number,
    *
from (
    select distinct
        coalesce(authority_code, '') as authority_code,
        coalesce(authority_name, '') as authority_name,
        coalesce(lsoa_code, '') as lsoa_code,
        coalesce(postcode, '') as postcode,
        coalesce(easting, '') as easting,
        coalesce(northing, '') as northing
    from raw_report
) as written
