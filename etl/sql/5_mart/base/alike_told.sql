-- How many reports of whole quarters are alike in measure, place, strands, how they were made and whom they name; what several marts add up, and never published itself.
-- reads: counted_report
select
    measure_code,
    area_code,
    strand_codes,
    channel_code,
    case when not has_victim then 'organisation' when victim_ref is null then 'no_reference' else 'reference' end as kind_code,
    quarter_code,
    count(*) as reports
from counted_report
where is_quarter_complete
group by all
