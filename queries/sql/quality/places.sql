-- How the place of each report was found over the twelve months to the selected quarter.
-- reads: place_basis, measure_member, calendar_quarter
select basis_code, sum(reports)::integer as reports
from place_basis
join calendar_quarter using (quarter_code)
join measure_member on measure_member.member_code = place_basis.measure_code
where measure_member.measure_code = $measure
    and calendar_quarter.starts_on >= $starts_on
    and calendar_quarter.ends_on <= $ends_on
group by basis_code
order by reports desc, basis_code
