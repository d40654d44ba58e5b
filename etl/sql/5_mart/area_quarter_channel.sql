-- Reports by how they were made, quarter, place, measure and strand.
-- reads: current_report, calendar_quarter
select measure_code, area_code, strand_code, channel_code, quarter_code, count(*)::integer as reports
from (
    select measure_code, area_code, channel_code, recorded_on, unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code
    from current_report
    where area_code <> 'outside'
) as report
join calendar_quarter on recorded_on between starts_on and ends_on
where is_complete
group by all
order by all
