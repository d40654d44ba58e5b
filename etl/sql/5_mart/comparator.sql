-- Figures other people published, by area, financial year and strand (five strands), as the supplied file says them; empty without one.
-- reads: given_comparator
select
    year, area_name, kind, strand_code, reports::integer as motivating_factors, offences, population
from given_comparator
unpivot (reports for strand_code in (race, religion, sexual_orientation, disability, transgender))
order by year, kind, area_name, strand_code
