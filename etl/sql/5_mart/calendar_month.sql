-- Every month the hate report extracts cover, with whether it is whole and whether it is still being verified.
-- reads: cover
with covered as (
    select min(covers_from) as data_from, max(covers_to) as data_to
    from cover
),
month_of_cover as (
    select unnest(generate_series(date_trunc('month', data_from), data_to::timestamp, interval 1 month))::date as month_on
    from covered
)
select
    month_on,
    (year(month_on) - (month(month_on) < 4)::integer)::varchar
        || '-Q' || ((month(month_on) + 8) % 12 // 3 + 1)::varchar as quarter_code,
    day(last_day(month_on))::integer as days,
    row_number() over (order by month_on)::integer as position,
    -- A month in a gap between two extracts was never sent: it is not a month without reports.
    month_on in (
        select held.month_on
        from month_of_cover as held
        join cover on held.month_on >= cover.covers_from and last_day(held.month_on) <= cover.covers_to
    ) as is_complete,
    month_on > last_day(data_to) - to_months($provisional_months::integer) as is_provisional
from month_of_cover, covered
order by month_on
