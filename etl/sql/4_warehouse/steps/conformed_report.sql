-- Accepted reports with one spelling of everything, and a fingerprint of what they say.
-- reads: staged_report, held_back
with conformed as (
    select
        record_number,
        record_id,
        measure_code,
        recorded_on,
        committed_from_on,
        committed_to_on,
        offence_code,
        coalesce(
            case when offence_group_code not in ('not_known', 'non_crime') then offence_group_code end,
            nullif(offence_code_group, 'non_crime'),
            case when has_offence_group and offence_group_code is null then 'other' else 'not_known' end
        ) as offence_group_code,
        case len(strand_codes) when 0 then 'not_known' when 1 then strand_codes[1] else 'multiple' end as group_code,
        strand_codes,
        religion_codes,
        race_subgroup,
        coalesce(victim_ethnicity_code, 'not_known') as victim_ethnicity_code,
        area_code,
        area_basis,
        victim_ref,
        further_victim_refs,
        coalesce(victim_kind, 'not_known') as victim_kind,
        case repeat_code when 'yes' then true when 'no' then false end as is_repeat_flag,
        nullif(outcome_code, 'not_assigned') as outcome_code,
        outcome_on,
        coalesce(channel_code, case when has_how_reported then 'other' else 'not_known' end) as channel_code,
        coalesce(location_type_code, case when has_location_type then 'other' else 'not_known' end) as location_type_code,
        case online_code when 'yes' then true when 'no' then false end as is_online,
        case several_code when 'yes' then true when 'no' then false end as is_several_flag,
        police_ref
    from staged_report
    where record_number not in (select record_number from held_back)
)
select
    *,
    md5_number(concat_ws(
        chr(31),
        measure_code,
        recorded_on,
        coalesce(committed_from_on::varchar, ''),
        coalesce(committed_to_on::varchar, ''),
        coalesce(offence_code, ''),
        offence_group_code,
        array_to_string(strand_codes, ','),
        array_to_string(religion_codes, ','),
        coalesce(race_subgroup, ''),
        victim_ethnicity_code,
        area_code,
        area_basis,
        coalesce(victim_ref, ''),
        victim_kind,
        coalesce(is_repeat_flag::varchar, ''),
        coalesce(outcome_code, ''),
        coalesce(outcome_on::varchar, ''),
        channel_code,
        location_type_code,
        coalesce(is_online::varchar, ''),
        -- What few sources say is left out where it is not said.
        'several ' || is_several_flag::varchar,
        'police ' || police_ref,
        'victims ' || nullif(array_to_string(further_victim_refs, ','), '')
    )) as content
from conformed
