-- How many records of each police extract broke each rule; an extract that broke none is one row without a rule.
-- reads: load, load_rule
select load_rule.rule_code, load_rule.severity, load.load_id, load.extracted_on, load_rule.records, load.records as records_read
from load
left join load_rule using (load_id)
where load.provider = 'police' and not load.is_open
order by load_rule.severity, load_rule.rule_code, load.extracted_on
