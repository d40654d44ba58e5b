-- Of the reports of a file: how many lie outside the partnership's area, carry more than one strand, and are said to have several motivations.
-- reads: conformed_report
select
    count(*) filter (where area_code = 'outside') as outside,
    count(*) filter (where len(strand_codes) > 1) as several_strands,
    count(*) filter (where is_several_flag) as several_said
from conformed_report
