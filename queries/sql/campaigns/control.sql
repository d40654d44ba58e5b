-- All recorded crime of the selected area in each month it is held for.
-- reads: area_month_all_crime, area_member
select month_on as starts_on, sum(crimes)::integer as value
from area_month_all_crime
join area_member on area_member.member_code = area_month_all_crime.area_code
where area_member.area_code = $area
group by month_on
order by month_on
