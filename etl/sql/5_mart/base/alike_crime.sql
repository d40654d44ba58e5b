-- How many crimes of whole quarters are alike in place, strands, offence, outcome and the weeks it took; what several marts add up, and never published itself.
-- reads: counted_report
select
    area_code,
    strand_codes,
    offence_group_code,
    outcome_code,
    quarter_code,
    -- An outcome of the day itself came within a week, as did one of the seventh day.
    case
        when outcome_code is null then null
        when days_to_outcome = 0 then 1
        else ceil(days_to_outcome / 7)::integer
    end as weeks,
    count(*) as crimes
from counted_report
where measure_code = 'crime' and is_quarter_complete
group by all
