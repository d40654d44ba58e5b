-- How many live reports were recorded at a time no extract covers.
-- reads: current_report, cover
select count(*)
from current_report
where area_code <> 'outside'
    and not exists (select 1 from cover where recorded_on between cover.covers_from and cover.covers_to)
