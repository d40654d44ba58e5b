-- The Home Office outcomes and the group each belongs to.
-- reads:
select outcome_code, outcome_group_code, outcome_name
from read_csv($file, header = true, delim = ',', quote = '"', auto_detect = false, columns = {
    'outcome_code': 'varchar', 'outcome_group_code': 'varchar', 'outcome_name': 'varchar'
})
