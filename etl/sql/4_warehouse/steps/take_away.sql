-- Take away the versions no extract holds any more.
-- reads: judged_away, report_version
delete from report_version
using judged_away
where report_version.source_code = $source_code
    and report_version.record_id = judged_away.record_id
    and report_version.content = judged_away.content
    and judged_away.brought_load_id is null
