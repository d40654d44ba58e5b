-- How many records broke each rule; a warning counts for accepted records only.
-- reads: broken_rule, rule, held_back
select rule_code, count(*)
from broken_rule
join rule using (rule_code)
where severity = 'quarantine' or record_number not in (select record_number from held_back)
group by rule_code
order by rule_code
