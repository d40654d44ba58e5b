-- All recorded crime in each month of an area, up to a day: what a campaign about hate should not move.
-- reads: area_month_all_crime, area_member
select area_month_all_crime.month_on as starts_on, sum(area_month_all_crime.crimes)::integer as value
from area_month_all_crime
join area_member on area_member.member_code = area_month_all_crime.area_code
where area_member.area_code = $area and area_month_all_crime.month_on <= $last_on
group by all
order by starts_on
