-- Quarter counts added up from protected cells only: 'all' is the sum of the groups, every group stands for itself.
-- reads: area_quarter_group
select
    measure_code, area_code, 'all' as strand_code, quarter_code,
    sum(reports)::integer as reports, count(*)::integer as cells
from area_quarter_group
group by measure_code, area_code, quarter_code
union all
select measure_code, area_code, group_code as strand_code, quarter_code, reports, 1 as cells
from area_quarter_group
