-- How long after it was committed each report of the selected quarter and the three before was recorded.
-- reads: quarter_lag, measure_member, calendar_quarter
select lag_code, sum(reports)::integer as reports, sum(reports_changing_month)::integer as reports_changing_month
from quarter_lag
join calendar_quarter using (quarter_code)
join measure_member on measure_member.member_code = quarter_lag.measure_code
where measure_member.measure_code = $measure
    and calendar_quarter.starts_on >= $starts_on
    and calendar_quarter.ends_on <= $ends_on
group by lag_code
