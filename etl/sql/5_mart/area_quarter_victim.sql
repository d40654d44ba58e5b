-- Distinct victims and repeat victims of each quarter, for every area a reader may choose: people cannot be added up over areas.
-- reads: current_report, calendar_quarter, area_member
with known_victim as (
    select record_id, victim_ref, measure_code, area_code, strand_codes, recorded_on
    from current_report
    where victim_ref is not null and victim_kind <> 'organisation' and area_code <> 'outside'
),
sequenced as (
    select
        *,
        lag(recorded_on) over (partition by victim_ref order by recorded_on, record_id) as previous_on
    from known_victim
),
told as (
    select
        victim_ref,
        area_code,
        recorded_on,
        unnest(['all', measure_code]) as measure_code,
        strand_codes,
        coalesce(previous_on >= recorded_on - to_months($repeat_months::integer), false) as is_repeat
    from sequenced
),
by_strand as (
    select victim_ref, area_code, recorded_on, measure_code, is_repeat, unnest(list_concat(['all'], if(len(strand_codes) = 0, ['not_known'], strand_codes))) as strand_code
    from told
)
select
    measure_code,
    area_member.area_code,
    strand_code,
    quarter_code,
    count(distinct victim_ref)::integer as victims,
    count(distinct victim_ref) filter (where is_repeat)::integer as repeat_victims
from by_strand
join area_member on member_code = by_strand.area_code
join calendar_quarter on recorded_on between starts_on and ends_on
where is_complete
group by all
order by all
