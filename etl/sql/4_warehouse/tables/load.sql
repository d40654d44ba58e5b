-- One row for every extract taken in, and where its records went.
-- reads:
create table if not exists load (
    load_id integer not null,
    source_code varchar not null,
    contract_name varchar not null,
    provider varchar not null,
    is_open boolean not null,
    file_name varchar not null,
    sha256 varchar not null,
    extracted_on date not null,
    covers_from date not null,
    covers_to date not null,
    coverage varchar not null,
    loaded_at timestamp not null,
    records integer not null,
    accepted integer not null,
    quarantined integer not null,
    new integer not null,
    changed integer not null,
    unchanged integer not null,
    reports integer not null,
    is_made_up boolean not null,
    judged_by varchar not null
)
