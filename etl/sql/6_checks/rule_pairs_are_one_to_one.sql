-- The declared rule takes no two reports of one provider for the same record, and none beside one that quotes its reference.
-- reads: elsewhere_match
select provider, matched_source_code, matched_record_id
from elsewhere_match
where matched_record_id is not null
group by provider, matched_source_code, matched_record_id
having count(*) filter (where status_code <> 'reference') > 0 and count(*) > 1
