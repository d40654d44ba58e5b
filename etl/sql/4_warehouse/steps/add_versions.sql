-- Enter every content not held yet as a version.
-- reads: conformed_report, arrival
insert into report_version
select
    $source_code, record_id, content, measure_code, recorded_on, committed_from_on, committed_to_on, offence_code,
    offence_group_code, group_code, strand_codes, religion_codes, race_subgroup, victim_ethnicity_code, area_code,
    area_basis, victim_ref, further_victim_refs, victim_kind, is_repeat_flag, outcome_code, outcome_on, channel_code, location_type_code,
    is_online, is_several_flag, police_ref, $load_id, $load_id, $load_id, null
from conformed_report
where record_id not in (select record_id from arrival where is_held)
