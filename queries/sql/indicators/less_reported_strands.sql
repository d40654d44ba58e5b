-- Motivating factors of the twelve months to each quarter that are of the chosen strands, of all motivating factors.
-- reads: area_quarter_strand, area_member, measure_member, calendar_quarter
with quarterly as (
    select
        calendar_quarter.quarter_code,
        calendar_quarter.starts_on,
        coalesce(sum(reports) filter (where list_contains($strands, strand_code)), 0) as chosen,
        coalesce(sum(reports) filter (where strand_code not in ('all', 'not_known')), 0) as factors
    from calendar_quarter
    left join (
        select quarter_code, strand_code, reports
        from area_quarter_strand
        join area_member on area_member.member_code = area_quarter_strand.area_code
        join measure_member on measure_member.member_code = area_quarter_strand.measure_code
        where area_member.area_code = 'llr' and measure_member.measure_code = 'all'
    ) as told using (quarter_code)
    where calendar_quarter.is_complete
    group by all
)
select
    quarter_code,
    sum(chosen) over twelve_months::integer as numerator,
    sum(factors) over twelve_months::integer as denominator
from quarterly
window twelve_months as (order by starts_on rows between 3 preceding and current row)
qualify count(*) over twelve_months = 4
order by starts_on
