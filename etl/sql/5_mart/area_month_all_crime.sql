-- All recorded crime by month and place from open data; anti-social behaviour is counted apart and is never crime.
-- reads: current_street_record
select
    area_code,
    month_on,
    count(*) filter (where is_crime)::integer as crimes,
    count(*) filter (where not is_crime)::integer as asb_incidents
from current_street_record
group by area_code, month_on
order by area_code, month_on
