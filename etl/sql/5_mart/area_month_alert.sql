-- What was expected of each series in each month by the months before it, and whether it was exceeded by more than chance allows.
-- reads: series_month, judged_month, previous_alert
select
    series_month.measure_code,
    series_month.area_code,
    series_month.strand_code,
    series_month.month_on,
    series_month.quarter_code,
    series_month.reports as observed,
    judged_month.expected,
    judged_month.upper_limit,
    judged_month.dispersion,
    judged_month.state_code,
    judged_month.months_above,
    judged_month.running_observed,
    judged_month.running_expected,
    judged_month.running_limit,
    judged_month.is_running,
    judged_month.settings_code,
    -- The extract that first showed it. What the first build finds in years gone by was never put to anybody.
    case
        when not (judged_month.state_code = 'above' or judged_month.is_running) then null
        when previous_alert.state_code = 'above' or previous_alert.is_running then previous_alert.flagged_on
        when previous_alert.state_code is not null or judged_month.is_latest then extracted_on
    end as flagged_on
from series_month
join judged_month using (measure_code, area_code, strand_code, month_on)
left join previous_alert using (measure_code, area_code, strand_code, month_on)
order by all
