-- Whether the street-level records of the file say they were made up: a row for each answer met.
-- reads: raw_street, word
select
    plain(coalesce(reported_by, '')) in (select word from word where field = 'made_up' and code = 'yes') as is_made_up,
    count(*) as records
from raw_street
group by all
