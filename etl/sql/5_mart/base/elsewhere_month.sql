-- The months for which reports made elsewhere can be counted: those the police and every provider loaded cover whole.
-- reads: calendar_month, calendar_quarter, provider_cover
with held as (
    select month_on, count(distinct provider) as providers
    from calendar_month
    join provider_cover on month_on >= covers_from and last_day(month_on) <= covers_to
    where provider <> 'police' and calendar_month.is_complete
    group by month_on
)
select
    month_on,
    quarter_code,
    calendar_quarter.is_complete and count(*) over (partition by quarter_code) = 3 as is_quarter_complete
from held
join calendar_month using (month_on)
join calendar_quarter using (quarter_code)
-- Where one provider was not heard of, the count would fall, and rise again when it is, for no other reason.
where providers = (select count(distinct provider) from provider_cover where provider <> 'police')
