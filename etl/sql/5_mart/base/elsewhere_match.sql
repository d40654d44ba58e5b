-- Every live report made to a reporting centre or a council, and the police record or centre's report it is taken for, if any.
-- reads: elsewhere_report, current_report
with told as (
    select
        *,
        regexp_replace(upper(regexp_replace(police_ref, '[^A-Za-z0-9]', '', 'g')), '^0+', '') as bare_reference,
        area_code not in ('outside', 'not_known') as is_placed
    from elsewhere_report
),
report as (
    select
        *,
        -- "No", "n/a" or "101" is not a reference.
        if(len(bare_reference) >= $reference_least and regexp_matches(bare_reference, '[0-9]'), bare_reference, null) as reference
    from told
),
police as (
    select
        source_code,
        record_id,
        recorded_on,
        committed_from_on,
        area_code,
        strand_codes,
        -- Case, spaces, punctuation and zeros at the beginning are no difference between two references.
        regexp_replace(upper(regexp_replace(record_id, '[^A-Za-z0-9]', '', 'g')), '^0+', '') as reference
    from current_report
    where (select count(*) from elsewhere_report) > 0
),
referred as (
    select
        report.provider,
        report.source_code,
        report.record_id,
        min(police.source_code) as matched_source_code,
        min(police.record_id) as matched_record_id,
        min(police.recorded_on) as matched_recorded_on
    from report
    join police using (reference)
    group by report.provider, report.source_code, report.record_id
    -- A reference that several records bear leads to none of them.
    having count(*) = 1
),
left_over as (
    select report.*
    from report
    left join referred using (source_code, record_id)
    where referred.record_id is null and is_placed
),
-- What each provider's report could be: a police record, or, of a council's case, a centre's report of the same event.
target as (
    select 'police' as target, provider, source_code, record_id, recorded_on, committed_from_on, area_code, strand_codes
    from police
    cross join (select distinct provider from left_over) as sender
    where not exists (
        select 1
        from referred
        where referred.provider = sender.provider
            and referred.matched_source_code = police.source_code
            and referred.matched_record_id = police.record_id
    )
    union all
    select 'third_party', 'council', source_code, record_id, recorded_on, committed_from_on, area_code, strand_codes
    from report
    where provider = 'third_party' and is_placed
),
dated_alike as (
    select left_over.provider, left_over.source_code, left_over.record_id, left_over.strand_codes, target, target.source_code as matched_source_code,
        target.record_id as matched_record_id, target.recorded_on as matched_recorded_on, target.strand_codes as other_strand_codes
    from left_over
    join target using (provider, area_code, committed_from_on)
    where abs(target.recorded_on - left_over.recorded_on) <= $same_day_days
    union all
    -- Where one does not say when it happened: each day the other may have been recorded on is a row, to be joined by name.
    select reachable.provider, reachable.source_code, reachable.record_id, reachable.strand_codes, target, target.source_code,
        target.record_id, target.recorded_on, target.strand_codes
    from (select *, recorded_on + unnest(range(-$days, $days + 1))::integer as other_on from left_over) as reachable
    join target
        on target.provider = reachable.provider
        and target.area_code = reachable.area_code
        and target.recorded_on = reachable.other_on
    where target.committed_from_on is null or reachable.committed_from_on is null
),
candidate as (
    select provider, source_code, record_id, target, matched_source_code, matched_record_id, matched_recorded_on
    from dated_alike
    where list_has_any(strand_codes, other_strand_codes)
),
same_as_police as (
    select *
    from candidate
    where target = 'police'
    qualify count(*) over (partition by source_code, record_id) = 1
        and count(*) over (partition by provider, matched_source_code, matched_record_id) = 1
),
same_as_centre as (
    select *
    from candidate
    where target = 'third_party' and (source_code, record_id) not in (select (source_code, record_id) from same_as_police)
    qualify count(*) over (partition by source_code, record_id) = 1
        and count(*) over (partition by matched_source_code, matched_record_id) = 1
),
matched as (
    select source_code, record_id, 'reference' as status_code, matched_source_code, matched_record_id, matched_recorded_on from referred
    union all
    select source_code, record_id, 'rule', matched_source_code, matched_record_id, matched_recorded_on from same_as_police
    union all
    select source_code, record_id, 'centre', matched_source_code, matched_record_id, matched_recorded_on from same_as_centre
),
possible as (
    select source_code, record_id, count(*) as candidates
    from candidate
    group by source_code, record_id
)
select
    report.provider,
    report.source_code,
    report.record_id,
    report.police_ref,
    report.recorded_on,
    report.area_code,
    case
        when matched.status_code is not null then matched.status_code
        when report.reference is not null then 'reference_only'
        when possible.candidates is not null then 'ambiguous'
        else 'unmatched'
    end as status_code,
    matched.matched_source_code,
    matched.matched_record_id,
    matched.matched_recorded_on,
    coalesce(possible.candidates, 0)::integer as candidates
from report
left join matched using (source_code, record_id)
left join possible using (source_code, record_id)
