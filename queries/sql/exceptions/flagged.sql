-- Every series and quarter that was flagged to readers up to the selected quarter, with when it was first and last flagged.
-- reads: area_month_alert, area_member
select
    area_month_alert.area_code,
    strand_code,
    quarter_code,
    min(flagged_on) as first_flagged_on,
    max(flagged_on) as last_flagged_on
from area_month_alert
where measure_code = $measure
    and quarter_code <= $quarter
    and flagged_on is not null
    and ($strand = 'all' or strand_code = $strand)
    and (
        area_month_alert.area_code = $area
        or area_month_alert.area_code in (select member_code from area_member where area_member.area_code = $area)
    )
group by area_month_alert.area_code, strand_code, quarter_code
order by quarter_code desc, area_month_alert.area_code, strand_code
