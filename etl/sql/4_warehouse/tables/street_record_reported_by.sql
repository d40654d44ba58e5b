-- The force that reported a street-level record; a warehouse laid before it was kept held one force's files.
-- reads: street_record
alter table street_record add column if not exists reported_by varchar default 'Leicestershire Police'
