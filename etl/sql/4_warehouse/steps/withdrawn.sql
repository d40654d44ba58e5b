-- How many reports this extract withdraws, out of how many live ones in its window.
-- reads: settled_version, arrival, report_version
select
    count(*) filter (where settled_version.ended_load_id = $load_id) as withdrawn,
    (
        select count(*)
        from report_version
        where source_code = $source_code and ended_load_id is null and recorded_on between $covers_from and $covers_to
    ) as held
from settled_version
where settled_version.record_id not in (select record_id from arrival)
