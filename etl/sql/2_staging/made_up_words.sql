-- Whether the records of the file are marked as made up: a row for each answer met, rows that repeat the header aside.
-- reads: raw_report, coded_word, heading
select
    coalesce(coded_word.code, 'no') = 'yes' as is_made_up,
    count(*) as records
from raw_report
left join coded_word on coded_word.field = 'made_up' and coded_word.text = raw_report.made_up
where record_id is distinct from (select text from heading where field = 'record_id')
group by all
