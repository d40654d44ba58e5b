-- Residents by authority and year.
-- reads:
select authority_code, year::integer as year, population::integer as population, basis
from read_csv($file, header = true, delim = ',', quote = '"', auto_detect = false, columns = {
    'authority_code': 'varchar', 'year': 'varchar', 'population': 'varchar', 'basis': 'varchar'
})
