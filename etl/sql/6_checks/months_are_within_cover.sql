-- No report is recorded outside the window the extracts cover.
-- reads: current_report, load
select count(*) as reports
from current_report
having count(*) filter (
    where recorded_on < (select min(covers_from) from load where provider = 'police' and not is_open)
        or recorded_on > (select max(covers_to) from load where provider = 'police' and not is_open)
) > 0
