-- Enter what was settled of the touched reports.
-- reads: settled_version, report_version
update report_version
set ended_load_id = settled_version.ended_load_id, first_load_id = settled_version.first_load_id
from settled_version
where report_version.source_code = $source_code
    and report_version.record_id = settled_version.record_id
    and report_version.content = settled_version.content
