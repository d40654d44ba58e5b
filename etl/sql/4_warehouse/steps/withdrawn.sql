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
join report_version
    on report_version.source_code = $source_code
    and report_version.record_id = settled_version.record_id
    and report_version.content = settled_version.content
where settled_version.record_id not in (select record_id from arrival)
    -- Those it withdrew when it was judged before are no news.
    and report_version.ended_load_id is distinct from $load_id
