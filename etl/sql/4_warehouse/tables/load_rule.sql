-- How many records of a load broke each rule.
-- reads:
create table if not exists load_rule (
    load_id integer not null,
    rule_code varchar not null,
    severity varchar not null,
    records integer not null
)
