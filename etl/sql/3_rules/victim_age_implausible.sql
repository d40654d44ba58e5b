-- The victim's age is 0, 120 or more, or not a number; ages are checked and never kept.
-- reads: raw_report, contract_word
select record_number
from raw_report
where regexp_matches(victim_age, '[\pL\pN]')
    and lower(trim(victim_age)) not in (select lower(trim(word)) from contract_word where field = 'blank')
    and coalesce(try_cast(trim(victim_age) as double) not between 1 and 119.99, true)
