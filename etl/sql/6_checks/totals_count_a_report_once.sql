-- A total over all strands is the sum of the disjoint groups, never of the strands.
-- reads: area_quarter_group, area_quarter_strand
with by_group as (
    select measure_code, area_code, quarter_code, sum(reports) as reports
    from area_quarter_group
    group by measure_code, area_code, quarter_code
)
select measure_code, area_code, quarter_code, by_group.reports as by_group, area_quarter_strand.reports as total
from area_quarter_strand
join by_group using (measure_code, area_code, quarter_code)
where strand_code = 'all' and by_group.reports <> area_quarter_strand.reports
