-- What each accepted report is to the warehouse: new, already held with this content, or live with this content.
-- reads: conformed_report, report_version
select
    conformed_report.record_id,
    count(report_version.record_id) > 0 as is_known,
    coalesce(bool_or(report_version.content = conformed_report.content), false) as is_held,
    coalesce(bool_or(report_version.content = conformed_report.content and ended_load_id is null), false) as is_live
from conformed_report
left join report_version
    on report_version.record_id = conformed_report.record_id and report_version.source_code = $source_code
group by conformed_report.record_id
