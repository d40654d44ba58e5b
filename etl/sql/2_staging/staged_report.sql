-- Every record of the file with its values typed; the text they were read from stays beside it in raw_report.
-- reads: raw_report, coded_word, coded_strands, coded_religions, coded_place, contract_word
with dated as (
    select
        *,
        try_strptime(recorded_date, $formats)::date as recorded_read,
        try_strptime(committed_from, $formats)::date as committed_from_read,
        try_strptime(committed_to, $formats)::date as committed_to_read,
        try_strptime(outcome_date, $formats)::date as outcome_read
    from raw_report
)
select
    dated.record_number,
    nullif(bare(dated.record_id), '') as record_id,
    record_type.code as measure_code,
    record_type.text is not null as has_record_type,
    case when year(recorded_read) >= 1900 then recorded_read end as recorded_on,
    case when year(committed_from_read) >= 1900 then committed_from_read end as committed_from_on,
    case when year(committed_to_read) >= 1900 then committed_to_read end as committed_to_on,
    case when year(outcome_read) >= 1900 then outcome_read end as outcome_on,
    case when recorded_read is null then trim(coalesce(dated.recorded_date, '')) <> '' else true end as has_recorded_date,
    case when committed_from_read is null then trim(coalesce(dated.committed_from, '')) <> '' else true end as has_committed_from,
    case when committed_to_read is null then trim(coalesce(dated.committed_to, '')) <> '' else true end as has_committed_to,
    case when outcome_read is null then trim(coalesce(dated.outcome_date, '')) <> '' else true end as has_outcome_date,
    -- A case is worked out only for the rows it names: reading every date twice would cost more than all the rest.
    case when recorded_read is null then try_strptime(dated.recorded_date, $swapped_formats) is not null else false end
        as is_recorded_swapped,
    case when committed_from_read is null then try_strptime(dated.committed_from, $swapped_formats) is not null else false end
        or case when committed_to_read is null then try_strptime(dated.committed_to, $swapped_formats) is not null else false end
        or case when outcome_read is null then try_strptime(dated.outcome_date, $swapped_formats) is not null else false end
        as is_other_date_swapped,
    nullif(upper(trim(dated.offence_code)), '') as offence_code,
    offence_code.code as offence_code_group,
    offence_group.code as offence_group_code,
    offence_group.text is not null as has_offence_group,
    coded_strands.strand_codes,
    coded_strands.has_unknown as has_unknown_strand,
    coded_strands.has_combined as has_combined_strand,
    several_flag.code as several_code,
    coalesce(coded_religions.religion_codes, []::varchar[]) as religion_codes,
    coalesce(coded_religions.has_unknown, false) as has_unknown_religion,
    nullif(trim(dated.race_subgroup), '') as race_subgroup,
    victim_ethnicity.code as victim_ethnicity_code,
    victim_ethnicity.text is not null as has_victim_ethnicity,
    coded_place.area_code,
    coded_place.area_basis,
    coded_place.is_conflicting as is_place_conflicting,
    case
        when victim_type.code = 'organisation' or lower(trim(dated.victim_ref)) in (select word from contract_word where field = 'victim_ref') then null
        else nullif(trim(dated.victim_ref), '')
    end as victim_ref,
    []::varchar[] as further_victim_refs,
    victim_type.code as victim_kind,
    victim_type.text is not null as has_victim_type,
    repeat_victim.code as repeat_code,
    repeat_victim.text is not null as has_repeat_victim,
    outcome_code.code as outcome_code,
    outcome_code.text is not null as has_outcome_code,
    how_reported.code as channel_code,
    how_reported.text is not null as has_how_reported,
    location_type.code as location_type_code,
    location_type.text is not null as has_location_type,
    online.code as online_code,
    online.text is not null as has_online,
    nullif(bare(dated.police_ref), '') as police_ref
from dated
join coded_strands
    on coded_strands.written = concat_ws(chr(29), coalesce(dated.strands, ''), coalesce(dated.strand_cells, ''))
join coded_place
    on coded_place.authority_code = coalesce(dated.authority_code, '')
    and coded_place.authority_name = coalesce(dated.authority_name, '')
    and coded_place.lsoa_code = coalesce(dated.lsoa_code, '')
    and coded_place.postcode = coalesce(dated.postcode, '')
    and coded_place.easting = coalesce(dated.easting, '')
    and coded_place.northing = coalesce(dated.northing, '')
left join coded_religions on coded_religions.text = dated.religion_targeted
left join coded_word as record_type on record_type.field = 'record_type' and record_type.text = dated.record_type
left join coded_word as offence_group on offence_group.field = 'offence_group' and offence_group.text = dated.offence_group
left join coded_word as offence_code on offence_code.field = 'offence_code' and offence_code.text = dated.offence_code
left join coded_word as victim_type on victim_type.field = 'victim_type' and victim_type.text = dated.victim_type
left join coded_word as repeat_victim on repeat_victim.field = 'repeat_victim' and repeat_victim.text = dated.repeat_victim
left join coded_word as victim_ethnicity
    on victim_ethnicity.field = 'victim_ethnicity' and victim_ethnicity.text = dated.victim_ethnicity
left join coded_word as outcome_code on outcome_code.field = 'outcome_code' and outcome_code.text = dated.outcome_code
left join coded_word as how_reported on how_reported.field = 'how_reported' and how_reported.text = dated.how_reported
left join coded_word as location_type on location_type.field = 'location_type' and location_type.text = dated.location_type
left join coded_word as online on online.field = 'online' and online.text = dated.online
left join coded_word as several_flag on several_flag.field = 'several_flag' and several_flag.text = dated.several_flag
