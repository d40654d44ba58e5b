-- Every financial quarter the extracts cover in whole or in part.
-- reads: calendar_month
select
    quarter_code,
    min(month_on) as starts_on,
    last_day(max(month_on)) as ends_on,
    sum(days)::integer as days,
    right(quarter_code, 1)::integer as quarter_number,
    left(quarter_code, 4)::integer as year,
    row_number() over (order by quarter_code)::integer as position,
    count(*) = 3 and bool_and(is_complete) as is_complete,
    bool_or(is_provisional) as is_provisional
from calendar_month
group by quarter_code
order by quarter_code
