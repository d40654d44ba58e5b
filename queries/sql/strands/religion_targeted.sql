-- Religion targeted in reports carrying the religion strand over the twelve months to the selected quarter.
-- reads: area_quarter_religion, area_quarter_strand, area_member, measure_member, calendar_quarter
with named as (
    select religion_code, sum(reports)::integer as reports
    from area_quarter_religion
    join calendar_quarter using (quarter_code)
    join area_member on area_member.member_code = area_quarter_religion.area_code
    join measure_member on measure_member.member_code = area_quarter_religion.measure_code
    where area_member.area_code = $area
        and measure_member.measure_code = $measure
        and calendar_quarter.starts_on >= $starts_on
        and calendar_quarter.ends_on <= $ends_on
    group by religion_code
),
religion_report as (
    select coalesce(sum(reports), 0)::integer as reports_with_strand
    from area_quarter_strand
    join calendar_quarter using (quarter_code)
    join area_member on area_member.member_code = area_quarter_strand.area_code
    join measure_member on measure_member.member_code = area_quarter_strand.measure_code
    where area_member.area_code = $area
        and measure_member.measure_code = $measure
        and area_quarter_strand.strand_code = 'religion'
        and calendar_quarter.starts_on >= $starts_on
        and calendar_quarter.ends_on <= $ends_on
)
select religion_code, reports, reports_with_strand
from named
cross join religion_report
order by reports desc, religion_code
