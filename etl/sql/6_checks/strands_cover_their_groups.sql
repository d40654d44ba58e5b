-- A strand counts at least the reports that carry it alone, and at most those plus the reports of several strands.
-- reads: area_quarter_group, area_quarter_strand
with several as (
    select measure_code, area_code, quarter_code, reports
    from area_quarter_group
    where group_code = 'multiple'
)
select measure_code, area_code, quarter_code, group_code
from area_quarter_group
join several using (measure_code, area_code, quarter_code)
join area_quarter_strand using (measure_code, area_code, quarter_code)
where strand_code = group_code
    and group_code not in ('multiple', 'not_known')
    and area_quarter_strand.reports not between area_quarter_group.reports and area_quarter_group.reports + several.reports
