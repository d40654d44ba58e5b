-- The disjoint measures each measure a reader may choose is made of.
-- reads:
select measure_code, member_code
from (values ('all', 'crime'), ('all', 'incident'), ('crime', 'crime'), ('incident', 'incident'))
    as member (measure_code, member_code)
