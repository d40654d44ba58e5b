-- What moved since the build before in quarters it had already published, the largest moves first.
-- reads: revision
select measure_code, quarter_code, area_code, reports_before, reports_now
from revision
order by abs(reports_now - reports_before) desc, quarter_code desc, measure_code, area_code
