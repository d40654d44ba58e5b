-- Religion targeted in reports that carry the religion strand; a report naming two religions is in both.
-- reads: current_report, calendar_quarter
with religion_report as (
    select
        measure_code,
        area_code,
        quarter_code,
        case when len(religion_codes) = 0 then ['not_known'] else religion_codes end as religion_codes
    from current_report
    join calendar_quarter on recorded_on between starts_on and ends_on
    where area_code <> 'outside' and is_complete and list_contains(strand_codes, 'religion')
)
select measure_code, area_code, religion_code, quarter_code, count(*)::integer as reports
from (select measure_code, area_code, quarter_code, unnest(religion_codes) as religion_code from religion_report) as named
group by all
order by all
