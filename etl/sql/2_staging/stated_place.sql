-- Every different place as it may be looked for: words for a blank, and places that stand for "not known", left out.
-- reads: written_place, contract_word
with blank as (
    select lower(trim(word)) as word
    from contract_word
    where field = 'blank'
),
no_place as (
    select regexp_replace(upper(word), '[^0-9A-Z,]', '', 'g') as place
    from contract_word
    where field = 'no_place'
),
told as (
    select
        *,
        replace(upper(postcode), ' ', '') in (select place from no_place) as is_default_postcode,
        coalesce(
            concat(try_cast(try_cast(easting as double) as bigint), ',', try_cast(try_cast(northing as double) as bigint))
            in (select place from no_place),
            false
        ) as is_default_point
    from written_place
)
select
    place_number,
    authority_code,
    authority_name,
    case when lower(trim(lsoa_code)) not in (select word from blank) then lsoa_code end as lsoa_code,
    case when not is_default_postcode and lower(trim(postcode)) not in (select word from blank) then postcode end as postcode,
    case when not is_default_point and lower(trim(easting)) not in (select word from blank) then easting end as easting,
    case when not is_default_point and lower(trim(northing)) not in (select word from blank) then northing end as northing,
    is_default_postcode or is_default_point as is_default
from told
