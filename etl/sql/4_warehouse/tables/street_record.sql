-- Street-level records of every load; a force's month counts from its latest load only.
-- reads:
create table if not exists street_record (
    load_id integer not null,
    month_on date not null,
    area_code varchar not null,
    area_basis varchar not null,
    crime_type varchar not null,
    is_crime boolean not null,
    reported_by varchar not null
)
