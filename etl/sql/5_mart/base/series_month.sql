-- Reports of every series that is judged for alerts in every month: the nine authorities and LLR, all strands and each one, three measures.
-- reads: calendar_month, area_month_strand, area_member, area, measure_member
select
    measure_member.measure_code,
    area_member.area_code,
    area_month_strand.strand_code,
    month_on,
    quarter_code,
    is_complete,
    sum(reports)::integer as reports
from area_month_strand
join calendar_month using (month_on)
join measure_member on measure_member.member_code = area_month_strand.measure_code
join area_member on area_member.member_code = area_month_strand.area_code
join area on area.area_code = area_member.area_code
where measure_member.measure_code in ('all', 'crime', 'incident')
    and (area.kind = 'authority' or area_member.area_code = 'llr')
    and area_month_strand.strand_code <> 'not_known'
group by all
order by all
