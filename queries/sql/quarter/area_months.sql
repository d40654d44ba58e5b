-- Reports of the selected measure and strand in each month for each of the nine authorities.
-- reads: calendar_month, area_month_strand, area, measure_member
select
    area.area_code,
    calendar_month.month_on as starts_on,
    calendar_month.quarter_code,
    calendar_month.is_complete,
    calendar_month.is_provisional,
    sum(area_month_strand.reports)::integer as reports
from calendar_month
join area_month_strand using (month_on)
join area on area.area_code = area_month_strand.area_code and area.kind = 'authority'
join measure_member on measure_member.member_code = area_month_strand.measure_code
where measure_member.measure_code = $measure
    and area_month_strand.strand_code = $strand
group by all
order by area.area_code, starts_on
