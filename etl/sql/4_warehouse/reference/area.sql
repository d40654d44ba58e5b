-- The areas a reader may choose.
-- reads:
select area_code, kind, position::integer as position
from read_csv($file, header = true, delim = ',', quote = '"', auto_detect = false, columns = {
    'area_code': 'varchar', 'kind': 'varchar', 'position': 'varchar'
})
