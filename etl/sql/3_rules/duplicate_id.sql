-- Records of the file share an identifier and differ.
-- reads: repeated_row
select record_number
from repeated_row
where is_different
