-- Records of the twelve months to each quarter that have the chosen field known, of those where it could be.
-- reads: area_quarter_completeness, area_member, measure_member, calendar_quarter
with quarterly as (
    select
        calendar_quarter.quarter_code,
        calendar_quarter.starts_on,
        coalesce(sum(known), 0) as known,
        coalesce(sum(records), 0) as records
    from calendar_quarter
    left join (
        select quarter_code, known, records
        from area_quarter_completeness
        join area_member on area_member.member_code = area_quarter_completeness.area_code
        join measure_member on measure_member.member_code = area_quarter_completeness.measure_code
        where area_member.area_code = 'llr' and measure_member.measure_code = 'all' and field_code = $field
    ) as told using (quarter_code)
    where calendar_quarter.is_complete
    group by all
)
select
    quarter_code,
    sum(known) over twelve_months::integer as numerator,
    sum(records) over twelve_months::integer as denominator
from quarterly
window twelve_months as (order by starts_on rows between 3 preceding and current row)
qualify count(*) over twelve_months = 4
order by starts_on
