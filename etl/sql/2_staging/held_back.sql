-- The records that broke at least one rule that holds a record back.
-- reads: broken_rule, rule
select distinct record_number
from broken_rule
join rule using (rule_code)
where severity = 'quarantine'
