-- Records held back, with every reason and the text as it arrived; for the data officer only.
-- reads:
create table if not exists quarantine (
    load_id integer not null,
    record_number bigint not null,
    source_code varchar not null,
    record_id varchar,
    reasons varchar[] not null,
    raw_text varchar not null
)
