-- The place is one that stands for 'not known' (such as force headquarters, or 0,0); it is passed over.
-- reads: staged_report, coded_place
select record_number
from staged_report
join coded_place using (place_number)
where is_default
