-- How often the alert rule flags ordinary and risen months of simulated series, by size and dispersion.
-- reads:
select
    mean::double as mean,
    phi::double as phi,
    tests::integer as tests,
    false_alarms_pct::double as false_alarms_pct,
    caught_x1_5_pct::double as caught_x1_5_pct,
    caught_x2_pct::double as caught_x2_pct,
    caught_x3_pct::double as caught_x3_pct
from read_csv($file, header = true, delim = ',', quote = '"', auto_detect = false, columns = {
    'mean': 'varchar', 'phi': 'varchar', 'tests': 'varchar', 'false_alarms_pct': 'varchar',
    'caught_x1_25_pct': 'varchar', 'caught_x1_5_pct': 'varchar', 'caught_x2_pct': 'varchar',
    'caught_x3_pct': 'varchar', 'seed': 'varchar'
})
