-- Every report made to a centre or a council is taken for one police record, for one report of a centre, or for none, and once.
-- reads: elsewhere_report, elsewhere_match
select source_code, record_id, count(*) as times
from (
    select source_code, record_id from elsewhere_report
    union all
    select source_code, record_id from elsewhere_match
) as told
group by source_code, record_id
having count(*) <> 2
