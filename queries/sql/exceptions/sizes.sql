-- How large each series of the measure is that was judged in a quarter: its monthly mean of the year to its end, and its dispersion.
-- reads: area_month_alert
with latest as (
    select max(month_on) as month_on
    from area_month_alert
    where quarter_code = $quarter
),
sized as (
    select area_code, strand_code, avg(observed) as mean_reports
    from area_month_alert
    where measure_code = $measure
        and month_on > (select month_on from latest) - interval 12 month
        and month_on <= (select month_on from latest)
    group by area_code, strand_code
),
judged as (
    select area_code, strand_code, arg_max(dispersion, month_on) as dispersion
    from area_month_alert
    where measure_code = $measure and quarter_code = $quarter and state_code in ('above', 'within')
    group by area_code, strand_code
)
select area_code, strand_code, mean_reports, judged.dispersion
from sized
join judged using (area_code, strand_code)
join area_month_alert using (area_code, strand_code)
where measure_code = $measure
    and month_on = (select month_on from latest)
    and state_code <> 'not_comparable'
order by area_code, strand_code
