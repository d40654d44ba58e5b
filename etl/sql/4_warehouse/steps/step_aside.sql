-- A version this extract no longer holds was brought and last seen by others.
-- reads: judged_away
update report_version
set brought_load_id = judged_away.brought_load_id, seen_load_id = judged_away.seen_load_id
from judged_away
where report_version.source_code = $source_code
    and report_version.record_id = judged_away.record_id
    and report_version.content = judged_away.content
    and judged_away.brought_load_id is not null
