-- Reports of the selected measure and strand in each complete quarter for each of the nine authorities, with residents.
-- reads: calendar_quarter, area_quarter_strand, area, measure_member, population
with counted as (
    select
        area.area_code,
        area.position,
        calendar_quarter.quarter_code,
        calendar_quarter.starts_on,
        calendar_quarter.ends_on,
        calendar_quarter.days,
        calendar_quarter.year,
        calendar_quarter.is_provisional,
        sum(area_quarter_strand.reports)::integer as reports,
        sum(area_quarter_strand.cells)::integer as cells
    from calendar_quarter
    join area_quarter_strand using (quarter_code)
    join area on area.area_code = area_quarter_strand.area_code and area.kind = 'authority'
    join measure_member on measure_member.member_code = area_quarter_strand.measure_code
    where calendar_quarter.is_complete
        and measure_member.measure_code = $measure
        and area_quarter_strand.strand_code = $strand
    group by all
)
select counted.*, residents.population, residents.population_year
from counted
join lateral (
    select population.population, population.year as population_year
    from population
    where population.authority_code = counted.area_code
    order by abs(population.year - counted.year), population.year desc
    limit 1
) as residents on true
order by counted.position, counted.starts_on
