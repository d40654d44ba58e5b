-- Residents by authority and year, with the basis of the figure.
-- reads: population
select authority_code, year, population, basis from population order by authority_code, year
