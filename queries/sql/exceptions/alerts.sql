-- What was expected of each series of the selected area, strand and measure in each month of a quarter, and what came.
-- reads: area_month_alert, area_member
select
    area_month_alert.area_code,
    strand_code,
    month_on,
    observed,
    expected,
    upper_limit,
    state_code,
    months_above,
    running_observed,
    running_expected,
    running_limit,
    is_running,
    flagged_on
from area_month_alert
where measure_code = $measure
    and quarter_code = $quarter
    and ($strand = 'all' or strand_code = $strand)
    and (
        area_month_alert.area_code = $area
        or area_month_alert.area_code in (select member_code from area_member where area_member.area_code = $area)
    )
order by area_month_alert.area_code, strand_code, month_on
