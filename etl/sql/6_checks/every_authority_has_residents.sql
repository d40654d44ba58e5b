-- Every authority has a population, so every rate has a denominator.
-- reads: area, population
select area.area_code
from area
left join population on authority_code = area.area_code
where kind = 'authority'
group by area.area_code
having coalesce(max(population), 0) <= 0
