-- Distinct victims and repeat victims of each quarter, for every area a reader may choose: people cannot be added up over areas.
-- reads: counted_report, area_member, measure_member
with sequenced as (
    select
        rowid as report_number,
        recorded_on,
        lag(recorded_on) over by_victim as previous_on,
        lead(recorded_on) over by_victim as next_on
    from counted_report
    where victim_ref is not null and has_victim
    window by_victim as (partition by victim_ref order by recorded_on, record_id)
),
compared as (
    select
        report_number,
        case when previous_on is not null then previous_on >= recorded_on - to_months($repeat_months::integer) else false end as is_repeat,
        -- Quarters of the financial year are quarters of the calendar.
        case when previous_on is not null then previous_on >= date_trunc('quarter', recorded_on) else false end
            or case when next_on is not null then recorded_on >= date_trunc('quarter', next_on) else false end as is_again
    from sequenced
    where previous_on is not null or next_on is not null
),
-- The reports of victims with another one near: only these need be looked at one by one.
noted as materialized (
    select victim_ref, measure_code, area_code, strand_codes, quarter_code, is_repeat, is_again
    from compared
    join counted_report on counted_report.rowid = report_number
    where (is_repeat or is_again) and is_quarter_complete
),
told as (
    -- Every report as if its victim had no other in the quarter,
    select
        null as victim_ref, measure_code, area_code, strand_codes, quarter_code,
        count(*) as victims,
        0 as repeat_victims
    from counted_report
    where victim_ref is not null and has_victim and is_quarter_complete
    group by measure_code, area_code, strand_codes, quarter_code
    union all
    -- less those whose victim has,
    select
        null as victim_ref, measure_code, area_code, strand_codes, quarter_code,
        -count(*) filter (where is_again) as victims,
        count(*) filter (where not is_again) as repeat_victims
    from noted
    group by measure_code, area_code, strand_codes, quarter_code
    union all
    -- who are told apart by name.
    select
        victim_ref, measure_code, area_code, strand_codes, quarter_code,
        1 as victims,
        is_repeat::integer as repeat_victims
    from noted
    where is_again
),
chosen_area as (
    select distinct area_code, member_code
    from area_member
),
by_strand as (
    select
        victim_ref,
        measure_member.measure_code,
        chosen_area.area_code,
        unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code,
        quarter_code,
        victims,
        repeat_victims
    from told
    join chosen_area on chosen_area.member_code = told.area_code
    join measure_member on measure_member.member_code = told.measure_code
),
by_victim as (
    select
        measure_code,
        area_code,
        strand_code,
        quarter_code,
        if(victim_ref is null, sum(victims), 1) as victims,
        if(victim_ref is null, sum(repeat_victims), max(repeat_victims)) as repeat_victims
    from by_strand
    group by victim_ref, measure_code, area_code, strand_code, quarter_code
)
select
    measure_code,
    area_code,
    strand_code,
    quarter_code,
    sum(victims)::integer as victims,
    sum(repeat_victims)::integer as repeat_victims
from by_victim
group by all
order by all
