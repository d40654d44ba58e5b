-- Religion targeted in reports that carry the religion strand; a report naming two religions is in both.
-- reads: counted_report, counted_elsewhere
with religion_report as (
    select measure_code, area_code, religion_codes, quarter_code
    from counted_report
    where is_quarter_complete and is_religion
    union all
    select measure_code, area_code, religion_codes, quarter_code
    from counted_elsewhere
    where is_quarter_complete and list_contains(strand_codes, 'religion')
),
alike as (
    select measure_code, area_code, religion_codes, quarter_code, count(*) as reports
    from religion_report
    group by all
),
named as (
    select
        measure_code,
        area_code,
        unnest(if(len(religion_codes) = 0, ['not_known'], religion_codes)) as religion_code,
        quarter_code,
        reports
    from alike
)
select measure_code, area_code, religion_code, quarter_code, sum(reports)::integer as reports
from named
group by all
order by all
