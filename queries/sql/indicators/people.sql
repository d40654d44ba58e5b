-- Distinct victims and repeat victims in each quarter for the selected measure, area and strand.
-- reads: area_quarter_victim, calendar_quarter
select
    calendar_quarter.quarter_code,
    calendar_quarter.starts_on,
    calendar_quarter.ends_on,
    calendar_quarter.is_provisional,
    coalesce(victims, 0)::integer as victims,
    coalesce(repeat_victims, 0)::integer as repeat_victims
from calendar_quarter
left join (
    select quarter_code, victims, repeat_victims
    from area_quarter_victim
    where area_code = $area and strand_code = $strand and measure_code = $measure
) as told using (quarter_code)
where calendar_quarter.is_complete
order by starts_on
