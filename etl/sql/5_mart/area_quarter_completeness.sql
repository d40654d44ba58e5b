-- How many records of each quarter have each field known, out of those where it could be.
-- reads: counted_report, calendar_quarter
with due as (
    select max(ends_on) - interval 6 month as due_on
    from calendar_quarter
),
tallied as (
    select
        measure_code,
        area_code,
        quarter_code,
        count(*) as records,
        count(*) filter (where group_code <> 'not_known') as strand_known,
        count(*) filter (where area_code <> 'not_known') as area_known,
        count(*) filter (where channel_code <> 'not_known') as channel_known,
        count(*) filter (where is_ethnicity_known) as ethnicity_known,
        count(*) filter (where is_location_type_known) as location_type_known,
        count(*) filter (where has_victim) as victims,
        count(*) filter (where has_victim and victim_ref is not null) as victim_known,
        count(*) filter (where is_religion) as religion_reports,
        count(*) filter (
            where is_religion and len(religion_codes) > 0 and not list_contains(religion_codes, 'not_known')
        ) as religion_known,
        count(*) filter (where measure_code = 'crime' and recorded_on <= due_on) as due_crimes,
        count(*) filter (where measure_code = 'crime' and recorded_on <= due_on and outcome_code is not null) as outcome_known
    from counted_report
    cross join due
    where is_quarter_complete
    group by measure_code, area_code, quarter_code
),
field_tally as (
    select
        measure_code,
        area_code,
        quarter_code,
        unnest([
            {'field_code': 'strand_code', 'records': records, 'known': strand_known},
            {'field_code': 'area_code', 'records': records, 'known': area_known},
            {'field_code': 'channel_code', 'records': records, 'known': channel_known},
            {'field_code': 'victim_ethnicity_code', 'records': records, 'known': ethnicity_known},
            {'field_code': 'location_type_code', 'records': records, 'known': location_type_known},
            {'field_code': 'victim_ref', 'records': victims, 'known': victim_known},
            {'field_code': 'religion_targeted', 'records': religion_reports, 'known': religion_known},
            {'field_code': 'outcome_code', 'records': due_crimes, 'known': outcome_known}
        ], recursive := true)
    from tallied
)
select
    measure_code,
    area_code,
    field_code,
    quarter_code,
    records::integer as records,
    known::integer as known
from field_tally
where records > 0
order by all
