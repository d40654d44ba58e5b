-- Crimes by offence group for the selected area and strand over the twelve months to the selected quarter.
-- reads: area_quarter_offence_group, area_member, calendar_quarter
select offence_group_code, sum(reports)::integer as reports
from area_quarter_offence_group
join calendar_quarter using (quarter_code)
join area_member on area_member.member_code = area_quarter_offence_group.area_code
where area_member.area_code = $area
    and area_quarter_offence_group.strand_code = $strand
    and calendar_quarter.starts_on >= $starts_on
    and calendar_quarter.ends_on <= $ends_on
group by all
order by reports desc, offence_group_code
