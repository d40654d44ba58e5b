-- Hold back the records that broke a rule, with every reason and their text.
-- reads: held_back, broken_rule, held_text
insert into quarantine
select
    $load_id,
    record_number,
    $source_code,
    any_value(held_text.record_id),
    list_sort(list(distinct rule_code)),
    any_value(held_text.raw_text)
from held_back
join broken_rule using (record_number)
join held_text using (record_number)
group by record_number
order by record_number
