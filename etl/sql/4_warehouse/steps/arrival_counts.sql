-- How many accepted reports are new, changed and unchanged, and the first and last day they were recorded.
-- reads: arrival, conformed_report
select
    (select count(*) from arrival where not is_known),
    (select count(*) from arrival where is_known and not is_live),
    (select count(*) from arrival where is_live),
    min(recorded_on),
    max(recorded_on)
from conformed_report
