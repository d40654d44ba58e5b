-- The complete quarters, the areas, the strands and the measures a reader may choose in this build.
-- reads: calendar_quarter, area, area_quarter_strand, measure_member
select kind, code
from (
    select 'quarter' as kind, quarter_code as code, -position as position from calendar_quarter where is_complete
    union all
    select 'area' as kind, area_code as code, position from area
    union all
    select 'strand' as kind, strand_code as code, 0 as position from (select distinct strand_code from area_quarter_strand) as strand
    union all
    select 'measure' as kind, measure_code as code, 0 as position from (select distinct measure_code from measure_member) as measure
) as choice
order by kind, position, code
