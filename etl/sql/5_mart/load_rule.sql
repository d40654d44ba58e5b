-- How many records of each load broke each rule.
-- reads: load_rule
select load_id, rule_code, severity, records from load_rule order by load_id, rule_code
