-- How many records broke each rule, by load.
-- reads: load, load_rule
select load_rule.rule_code, load_rule.severity, load.load_id, load.extracted_on, load_rule.records, load.records as records_read
from load_rule
join load using (load_id)
order by load_rule.severity, load_rule.rule_code, load.extracted_on
