-- Every live police report once: its latest version, unless a later full extract of its window left it out.
-- reads: report_version, load
create or replace view current_report as
select
    report_version.record_id,
    report_version.source_code,
    measure_code,
    recorded_on,
    committed_from_on,
    committed_to_on,
    offence_code,
    offence_group_code,
    group_code,
    strand_codes,
    religion_codes,
    race_subgroup,
    victim_ethnicity_code,
    area_code,
    area_basis,
    victim_ref,
    further_victim_refs,
    victim_kind,
    is_repeat_flag,
    outcome_code,
    outcome_on,
    channel_code,
    location_type_code,
    is_online,
    is_several_flag,
    seen.extracted_on,
    first_load_id,
    brought_load_id as version_load_id
from main.report_version
join main.load as seen on seen.load_id = seen_load_id
where ended_load_id is null and seen.provider = 'police'
