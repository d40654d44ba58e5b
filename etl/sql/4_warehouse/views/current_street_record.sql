-- Every live street-level record: those of the latest load that holds its force's month; made-up ones give way to real.
-- reads: street_record, load_order, load
create or replace view current_street_record as
with held as (
    select distinct load_id, month_on, reported_by
    from main.street_record
),
standing as (
    select load_id, month_on, reported_by, order_key
    from held
    join main.load_order using (load_id)
    join main.load using (load_id)
    qualify not is_made_up or bool_and(is_made_up) over (partition by month_on)
),
latest as (
    select month_on, reported_by, max_by(load_id, order_key) as load_id
    from standing
    group by month_on, reported_by
)
select month_on, reported_by, area_code, area_basis, crime_type, is_crime, extracted_on
from main.street_record
join latest using (month_on, reported_by, load_id)
join main.load_order using (load_id)
