-- Every record of the file with its values typed; the text they were read from stays beside it in raw_report.
-- reads: raw_report, coded_date, coded_word, coded_offence, coded_strands, coded_religions, coded_place, contract_word, word
select
    raw_report.record_number,
    nullif(bare(raw_report.record_id), '') as record_id,
    record_type.code as measure_code,
    record_type.text is not null as has_record_type,
    recorded.day_on as recorded_on,
    committed_from.day_on as committed_from_on,
    committed_to.day_on as committed_to_on,
    outcome.day_on as outcome_on,
    coalesce(recorded.is_written, false) as has_recorded_date,
    recorded.fault as recorded_date_fault,
    committed_from.fault as committed_from_fault,
    committed_to.fault as committed_to_fault,
    outcome.fault as outcome_date_fault,
    coded_offence.offence_code,
    coded_offence.code as offence_code_group,
    offence_group.code as offence_group_code,
    offence_group.text is not null as has_offence_group,
    coded_strands.strand_codes,
    coded_strands.has_unknown as has_unknown_strand,
    coded_strands.has_combined as has_combined_strand,
    several_flag.code as several_code,
    coalesce(coded_religions.religion_codes, []::varchar[]) as religion_codes,
    coalesce(coded_religions.has_unknown, false) as has_unknown_religion,
    nullif(trim(raw_report.race_subgroup), '') as race_subgroup,
    victim_ethnicity.code as victim_ethnicity_code,
    victim_ethnicity.text is not null as has_victim_ethnicity,
    coded_place.place_number,
    coded_place.area_code,
    coded_place.area_basis,
    coded_place.is_conflicting as is_place_conflicting,
    case
        when victim_type.code = 'organisation'
            or lower(trim(raw_report.victim_ref)) in (select lower(trim(word)) from contract_word where field = 'victim_ref')
            -- Words for a blank have no figures, and are few.
            or case when not regexp_matches(raw_report.victim_ref, '[0-9]') then plain(raw_report.victim_ref) end
                in (select '' union select word from word where field = 'blank')
            then null
        else nullif(trim(raw_report.victim_ref), '')
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
    case
        when plain(raw_report.police_ref) not in (select '' union select word from word where field = 'blank')
            then bare(raw_report.police_ref)
    end as police_ref
from raw_report
join coded_strands
    on coded_strands.written = concat_ws(chr(29), coalesce(raw_report.strands, ''), coalesce(raw_report.strand_cells, ''))
join coded_place
    on coded_place.authority_code = coalesce(raw_report.authority_code, '')
    and coded_place.authority_name = coalesce(raw_report.authority_name, '')
    and coded_place.lsoa_code = coalesce(raw_report.lsoa_code, '')
    and coded_place.postcode = coalesce(raw_report.postcode, '')
    and coded_place.easting = coalesce(raw_report.easting, '')
    and coded_place.northing = coalesce(raw_report.northing, '')
left join coded_date as recorded on recorded.text = raw_report.recorded_date
left join coded_date as committed_from on committed_from.text = raw_report.committed_from
left join coded_date as committed_to on committed_to.text = raw_report.committed_to
left join coded_date as outcome on outcome.text = raw_report.outcome_date
left join coded_religions on coded_religions.text = raw_report.religion_targeted
left join coded_word as record_type on record_type.field = 'record_type' and record_type.text = raw_report.record_type
left join coded_word as offence_group on offence_group.field = 'offence_group' and offence_group.text = raw_report.offence_group
left join coded_offence on coded_offence.text = raw_report.offence_code
left join coded_word as victim_type on victim_type.field = 'victim_type' and victim_type.text = raw_report.victim_type
left join coded_word as repeat_victim on repeat_victim.field = 'repeat_victim' and repeat_victim.text = raw_report.repeat_victim
left join coded_word as victim_ethnicity
    on victim_ethnicity.field = 'victim_ethnicity' and victim_ethnicity.text = raw_report.victim_ethnicity
left join coded_word as outcome_code on outcome_code.field = 'outcome_code' and outcome_code.text = raw_report.outcome_code
left join coded_word as how_reported on how_reported.field = 'how_reported' and how_reported.text = raw_report.how_reported
left join coded_word as location_type on location_type.field = 'location_type' and location_type.text = raw_report.location_type
left join coded_word as online on online.field = 'online' and online.text = raw_report.online
left join coded_word as several_flag on several_flag.field = 'several_flag' and several_flag.text = raw_report.several_flag
