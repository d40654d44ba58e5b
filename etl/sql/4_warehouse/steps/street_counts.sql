-- How many accepted street-level records the warehouse already counts, identical ones one by one; and their months.
-- reads: conformed_street, current_street_record
with arriving as (
    select month_on, reported_by, area_code, area_basis, crime_type, count(*) as records
    from conformed_street
    group by all
),
held as (
    select month_on, reported_by, area_code, area_basis, crime_type, count(*) as records
    from current_street_record
    group by all
)
select
    coalesce(sum(least(arriving.records, coalesce(held.records, 0))), 0)::integer as unchanged,
    min(month_on) as covers_from,
    last_day(max(month_on)) as covers_to
from arriving
left join held using (month_on, reported_by, area_code, area_basis, crime_type)
