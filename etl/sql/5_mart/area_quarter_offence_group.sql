-- Crimes by offence group, quarter, place and strand.
-- reads: current_report, calendar_quarter
select
    area_code,
    strand_code,
    coalesce(offence_group_code, 'not_known') as offence_group_code,
    quarter_code,
    count(*)::integer as reports
from (
    select area_code, offence_group_code, recorded_on, unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code
    from current_report
    where measure_code = 'crime' and area_code <> 'outside'
) as crime
join calendar_quarter on recorded_on between starts_on and ends_on
where is_complete
group by all
order by all
