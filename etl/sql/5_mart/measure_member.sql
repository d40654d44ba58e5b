-- The disjoint measures each measure a reader may choose is made of; reports made elsewhere are offered only where they can be counted.
-- reads: elsewhere_month
select measure_code, member_code
from (values ('all', 'crime'), ('all', 'incident'), ('crime', 'crime'), ('incident', 'incident'))
    as member (measure_code, member_code)
union all
select 'elsewhere', 'elsewhere'
where exists (select 1 from elsewhere_month where is_quarter_complete)
order by measure_code, member_code
