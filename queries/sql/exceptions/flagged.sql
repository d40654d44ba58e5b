-- Every series and quarter that was flagged to readers up to the selected quarter, with when it was first and last flagged.
-- reads: area_month_alert, area_member, calendar_quarter, load
with whole as (
    select quarter_code, ends_on, min(extracted_on) as shown_from
    from calendar_quarter
    left join load on provider = 'police' and not is_open and covers_to >= ends_on
    where is_complete
    group by quarter_code, ends_on
)
select
    area_month_alert.area_code,
    strand_code,
    quarter_code,
    min(greatest(flagged_on, shown_from)) as first_flagged_on,
    max(greatest(flagged_on, shown_from)) as last_flagged_on
from area_month_alert
join whole using (quarter_code)
where measure_code = $measure
    and quarter_code <= $quarter
    and flagged_on is not null
    -- as in the list of a quarter: a month of its own, or the three months it is made of
    and (state_code = 'above' or (is_running and last_day(month_on) = ends_on))
    and ($strand = 'all' or strand_code = $strand)
    and (
        area_month_alert.area_code = $area
        or area_month_alert.area_code in (select member_code from area_member where area_member.area_code = $area)
    )
group by area_month_alert.area_code, strand_code, quarter_code
order by quarter_code desc, area_month_alert.area_code, strand_code
