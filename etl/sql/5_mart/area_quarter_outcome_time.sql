-- Crimes that have an outcome by the quarter they were recorded in and the whole weeks within which the outcome came.
-- reads: counted_report
with alike as (
    select
        area_code,
        strand_codes,
        offence_group_code,
        quarter_code,
        -- An outcome of the day itself came within a week, as did one of the seventh day.
        case when days_to_outcome = 0 then 1 else ceil(days_to_outcome / 7)::integer end as weeks,
        count(*) as crimes
    from counted_report
    where measure_code = 'crime' and is_quarter_complete and outcome_code is not null
    group by all
),
carried as (
    select
        area_code,
        unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code,
        offence_group_code,
        quarter_code,
        weeks,
        crimes
    from alike
)
select area_code, strand_code, offence_group_code, quarter_code, weeks, sum(crimes)::integer as crimes
from carried
group by all
order by all
