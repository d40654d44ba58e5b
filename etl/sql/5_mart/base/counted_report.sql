-- Every live report of LLR with the month and quarter it counts in, if the extracts cover them; never published itself.
-- reads: current_report, calendar_month, calendar_quarter
with month_of_quarter as (
    select month_on, quarter_code, calendar_quarter.is_complete as is_quarter_complete
    from calendar_month
    join calendar_quarter using (quarter_code)
)
select
    record_id, measure_code, area_code, group_code, strand_codes, religion_codes, offence_group_code, outcome_code,
    channel_code, victim_ref, recorded_on, committed_from_on, month_on, quarter_code,
    victim_kind <> 'organisation' as has_victim,
    victim_ethnicity_code <> 'not_known' as is_ethnicity_known,
    location_type_code <> 'not_known' as is_location_type_known,
    list_contains(strand_codes, 'religion') as is_religion,
    -- An outcome dated before the record or after the extract took nobody knows how long.
    case when outcome_on between recorded_on and extracted_on then outcome_on - recorded_on end as days_to_outcome,
    coalesce(is_quarter_complete, false) as is_quarter_complete
from current_report
left join month_of_quarter on month_on = date_trunc('month', recorded_on)
where area_code <> 'outside'
