-- A build holds at least one report in at least one month.
-- reads: current_report, calendar_month
select 'empty' as reason
where (select count(*) from current_report where area_code <> 'outside') = 0
    or (select count(*) from calendar_month) = 0
