-- How often the rule flags an ordinary month, and a month that rose, by the size and the dispersion of a series.
-- reads: alert_power
select mean_reports, dispersion, false_alarms_pct, caught_x1_5_pct, caught_x2_pct, caught_x3_pct
from alert_power
order by mean_reports, dispersion
