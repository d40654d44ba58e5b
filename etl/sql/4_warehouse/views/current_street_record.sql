-- Every live street-level record: those of the latest load that holds its month.
-- reads: street_record, load_order
create or replace view current_street_record as
with latest as (
    select month_on, max_by(load_id, order_key) as load_id
    from (select distinct load_id, month_on from main.street_record) as held
    join main.load_order using (load_id)
    group by month_on
)
select month_on, area_code, area_basis, crime_type, is_crime, extracted_on
from main.street_record
join latest using (month_on, load_id)
join main.load_order using (load_id)
