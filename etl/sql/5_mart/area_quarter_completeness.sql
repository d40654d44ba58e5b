-- How many records of each quarter have each field known, out of those where it could be.
-- reads: current_report, calendar_quarter
with field_of_report as (
    select
        measure_code,
        area_code,
        recorded_on,
        unnest([
            {'field_code': 'strand_code', 'applies': true, 'is_known': group_code <> 'not_known'},
            {'field_code': 'area_code', 'applies': true, 'is_known': area_code <> 'not_known'},
            {'field_code': 'channel_code', 'applies': true, 'is_known': channel_code <> 'not_known'},
            {'field_code': 'victim_ethnicity_code', 'applies': true, 'is_known': victim_ethnicity_code <> 'not_known'},
            {'field_code': 'location_type_code', 'applies': true, 'is_known': location_type_code <> 'not_known'},
            {'field_code': 'victim_ref', 'applies': victim_kind <> 'organisation', 'is_known': victim_ref is not null},
            {
                'field_code': 'religion_targeted',
                'applies': list_contains(strand_codes, 'religion'),
                'is_known': len(religion_codes) > 0 and not list_contains(religion_codes, 'not_known')
            },
            {
                'field_code': 'outcome_code',
                'applies': measure_code = 'crime' and recorded_on <= (select max(ends_on) from calendar_quarter) - interval 6 month,
                'is_known': outcome_code is not null
            }
        ]) as field
    from current_report
    where area_code <> 'outside'
)
select
    measure_code,
    area_code,
    field.field_code as field_code,
    quarter_code,
    count(*)::integer as records,
    count(*) filter (where field.is_known)::integer as known
from field_of_report
join calendar_quarter on recorded_on between starts_on and ends_on
where field.applies and is_complete
group by all
order by all
