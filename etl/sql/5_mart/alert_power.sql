-- What the alert rule did on simulated series of each size and dispersion: flags of ordinary months, and of months that rose.
-- reads: alert_power
select mean as mean_reports, phi as dispersion, tests, false_alarms_pct, caught_x1_5_pct, caught_x2_pct, caught_x3_pct
from alert_power
order by mean_reports, dispersion
