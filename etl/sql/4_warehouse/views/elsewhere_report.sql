-- Every live report made to a reporting centre or a council once: its latest version, unless a later full extract left it out.
-- reads: report_version, load
create or replace view elsewhere_report as
select
    seen.provider,
    report_version.source_code,
    record_id,
    measure_code,
    recorded_on,
    committed_from_on,
    group_code,
    strand_codes,
    religion_codes,
    area_code,
    police_ref,
    seen.file_name
from main.report_version
join main.load as seen on seen.load_id = seen_load_id
where ended_load_id is null and seen.provider in ('third_party', 'council') and not seen.is_open
