-- One row a report, of the accepted rows of a file in which a row is a victim or a flag of one.
-- reads: staged_report, held_back
select
    min(record_number) as record_number,
    record_id,
    any_value(measure_code) as measure_code,
    any_value(recorded_on) as recorded_on,
    any_value(committed_from_on) as committed_from_on,
    any_value(committed_to_on) as committed_to_on,
    any_value(offence_code) as offence_code,
    any_value(offence_code_group) as offence_code_group,
    any_value(offence_group_code) as offence_group_code,
    bool_or(has_offence_group) as has_offence_group,
    list_sort(list_distinct(flatten(list(strand_codes)))) as strand_codes,
    max(several_code) as several_code,
    list_sort(list_distinct(flatten(list(religion_codes)))) as religion_codes,
    string_agg(distinct race_subgroup, '; ' order by race_subgroup) as race_subgroup,
    case count(distinct nullif(victim_ethnicity_code, 'not_known'))
        when 0 then any_value(victim_ethnicity_code)
        when 1 then any_value(nullif(victim_ethnicity_code, 'not_known'))
        else 'several'
    end as victim_ethnicity_code,
    any_value(area_code) as area_code,
    any_value(area_basis) as area_basis,
    min(victim_ref) as victim_ref,
    coalesce(list_sort(list(distinct victim_ref) filter (where victim_ref is not null))[2:], []) as further_victim_refs,
    -- An organisation beside a person does not make the victim an organisation.
    max(victim_kind) as victim_kind,
    max(repeat_code) as repeat_code,
    any_value(outcome_code) as outcome_code,
    any_value(outcome_on) as outcome_on,
    any_value(channel_code) as channel_code,
    bool_or(has_how_reported) as has_how_reported,
    any_value(location_type_code) as location_type_code,
    bool_or(has_location_type) as has_location_type,
    any_value(online_code) as online_code,
    any_value(police_ref) as police_ref
from staged_report
where record_number not in (select record_number from held_back)
group by record_id
