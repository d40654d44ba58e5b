-- A version this extract held before any other extract known so far was brought by it.
-- reads: conformed_report, load_order, report_version
update report_version
set brought_load_id = $load_id
from conformed_report, load_order
where report_version.source_code = $source_code
    and report_version.record_id = conformed_report.record_id
    and report_version.content = conformed_report.content
    and load_order.load_id = report_version.brought_load_id
    and load_order.order_key > $order_key
