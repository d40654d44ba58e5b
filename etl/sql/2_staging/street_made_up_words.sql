-- Whether the street-level records of the file say they were made up: a row for each answer met, repeated headers aside.
-- reads: raw_street, word, heading
select
    plain(coalesce(reported_by, '')) in (select word from word where field = 'made_up' and code = 'yes') as is_made_up,
    count(*) as records
from raw_street
where reported_by is distinct from (select text from heading where field = 'reported_by')
group by all
