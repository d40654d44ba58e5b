-- Records of the file share an identifier and differ.
-- reads: staged_report, repeated_id
select record_number
from staged_report
join repeated_id using (record_id)
where is_different
