-- Which authorities each area is made of, and since when.
-- reads:
select area_code, member_code, valid_from::date as valid_from, nullif(valid_to, '')::date as valid_to
from read_csv($file, header = true, delim = ',', quote = '"', auto_detect = false, columns = {
    'area_code': 'varchar', 'member_code': 'varchar', 'valid_from': 'varchar', 'valid_to': 'varchar'
})
