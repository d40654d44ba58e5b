-- The build itself: what it covers, who may see it and how its counts are protected.
-- reads: load, cover
select
    $build_number::integer as build_number,
    6 as layout,
    $published_at::timestamp as published_at,
    (select min(covers_from) from cover) as data_from,
    (select max(covers_to) from cover) as data_to,
    max(extracted_on) as extracted_on,
    $is_made_up::boolean as is_made_up,
    $marking::varchar as marking,
    $rounding_base::integer as rounding_base,
    $key_fingerprint::varchar as key_fingerprint,
    $previous_build::integer as previous_build
from load
where provider = 'police' and not is_open
