-- Hate crimes and all recorded crimes in the months both are held for, by authority, over the twelve months to the selected quarter.
-- reads: area_month_strand, area_month_all_crime, area
select
    area.area_code,
    area.position,
    count(*)::integer as months,
    min(area_month_all_crime.month_on) as first_month_on,
    max(area_month_all_crime.month_on) as last_month_on,
    sum(hate.reports)::integer as hate_crimes,
    sum(area_month_all_crime.crimes)::integer as all_crimes
from area_month_all_crime
join area on area.area_code = area_month_all_crime.area_code and area.kind = 'authority'
join area_month_strand as hate
    on hate.area_code = area_month_all_crime.area_code
    and hate.month_on = area_month_all_crime.month_on
    and hate.measure_code = 'crime'
    and hate.strand_code = 'all'
where area_month_all_crime.month_on between $starts_on and $ends_on
group by all
order by area.position
