-- The day of the latest extract of police reports.
-- reads: load
select max(extracted_on) as extracted_on from load where provider = 'police' and not is_open
