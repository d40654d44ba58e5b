-- Builds made from this warehouse; not finished means the work was stopped before the pointer moved.
-- reads:
create table if not exists publication (
    build_number integer not null,
    published_at timestamp not null,
    is_finished boolean not null,
    key_fingerprint varchar
)
