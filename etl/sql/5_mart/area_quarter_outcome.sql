-- Crimes by the quarter they were recorded in and the outcome they have so far.
-- reads: current_report, calendar_quarter, outcome
select
    area_code,
    strand_code,
    coalesce(crime.outcome_code, 'not_assigned') as outcome_code,
    coalesce(outcome_group_code, 'not_assigned') as outcome_group_code,
    quarter_code,
    count(*)::integer as crimes
from (
    select area_code, outcome_code, recorded_on, unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code
    from current_report
    where measure_code = 'crime' and area_code <> 'outside'
) as crime
join calendar_quarter on recorded_on between starts_on and ends_on
left join outcome on outcome.outcome_code = crime.outcome_code
where is_complete
group by all
order by all
