-- What was expected of each series of the selected measure in each month of a quarter, what came, and when readers were first shown it.
-- reads: area_month_alert, calendar_quarter, load
with whole as (
    select ends_on, min(extracted_on) as shown_from
    from calendar_quarter
    left join load on provider = 'police' and not is_open and covers_to >= ends_on
    where quarter_code = $quarter
    group by ends_on
)
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
    -- A quarter can be chosen once an extract covers it to its end, and a run of months is told of its last month only.
    case
        when flagged_on is not null and (state_code = 'above' or (is_running and last_day(month_on) = ends_on))
            then greatest(flagged_on, shown_from)
    end as flagged_on
from area_month_alert, whole
where measure_code = $measure and quarter_code = $quarter
order by area_code, strand_code, month_on
