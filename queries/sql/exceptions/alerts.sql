-- What was expected of each series of the selected measure in each month of a quarter, and what came.
-- reads: area_month_alert
select
    area_code,
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
where measure_code = $measure and quarter_code = $quarter
order by area_code, strand_code, month_on
