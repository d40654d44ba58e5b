-- Reports recorded in each month of the selected measure and strand, for every area; a month with none is a row.
-- reads: calendar_month, area_month_strand, area_member, measure_member
select
    area_member.area_code,
    calendar_month.month_on as starts_on,
    calendar_month.quarter_code,
    calendar_month.days,
    calendar_month.is_complete,
    calendar_month.is_provisional,
    sum(area_month_strand.reports)::integer as value
from calendar_month
join area_month_strand using (month_on)
join measure_member on measure_member.member_code = area_month_strand.measure_code
join area_member on area_member.member_code = area_month_strand.area_code
where measure_member.measure_code = $measure
    and area_month_strand.strand_code = $strand
group by all
order by area_member.area_code, starts_on
