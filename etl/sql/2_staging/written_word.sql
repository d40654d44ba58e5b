-- Every different cell of the coded fields, once: a million records hold only a few hundred.
-- reads: raw_report
select distinct 'record_type' as field, record_type as text from raw_report
union all
select distinct 'offence_group' as field, offence_group as text from raw_report
union all
select distinct 'victim_type' as field, victim_type as text from raw_report
union all
select distinct 'repeat_victim' as field, repeat_victim as text from raw_report
union all
select distinct 'victim_ethnicity' as field, victim_ethnicity as text from raw_report
union all
select distinct 'outcome_code' as field, outcome_code as text from raw_report
union all
select distinct 'how_reported' as field, how_reported as text from raw_report
union all
select distinct 'location_type' as field, location_type as text from raw_report
union all
select distinct 'online' as field, online as text from raw_report
union all
select distinct 'made_up' as field, made_up as text from raw_report
union all
select distinct 'several_flag' as field, several_flag as text from raw_report
