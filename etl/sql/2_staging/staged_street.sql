-- Every street-level record of the file with its values typed.
-- reads: raw_street, coded_point, word
select
    raw_street.record_number,
    case when regexp_full_match(trim(month), '[0-9]{4}-[0-9]{2}') then try_strptime(trim(month), $formats)::date end as month_on,
    coalesce(trim(reported_by), '') as reported_by,
    nullif(trim(crime_type), '') as crime_type,
    plain(crime_type) not in (select word from word where field = 'not_crime') as is_crime,
    coded_point.area_code,
    coded_point.area_basis
from raw_street
join coded_point
    on coded_point.lsoa_code = coalesce(raw_street.lsoa_code, '')
    and coded_point.longitude = coalesce(raw_street.longitude, '')
    and coded_point.latitude = coalesce(raw_street.latitude, '')
