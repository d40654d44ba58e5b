-- The stretches of time the extracts of each provider cover, windows that touch or overlap joined; what lies between is a gap.
-- reads: load
create or replace view provider_cover as
with report_load as (
    select provider, coverage, covers_from, covers_to, extracted_on
    from main.load
    where provider in ('police', 'third_party', 'council') and not is_open
),
full_window as (
    select provider, covers_from, covers_to, extracted_on
    from report_load
    where coverage = 'full'
),
changes as (
    select provider, covers_from, covers_to, extracted_on
    from report_load
    where coverage = 'changes'
),
-- Changes say what moved since the extract before, so they go on from where the last full one ended, or without one
-- from the first record sent. A full extract before them means that older records they hold are revisions: the years around
-- those were never sent, and are not years without reports.
stated as (
    select provider, covers_from, covers_to
    from full_window
    union all
    select
        changes.provider,
        coalesce(
            max(full_window.covers_to),
            min(changes.covers_from) over (partition by changes.provider order by changes.extracted_on)
        ) as covers_from,
        changes.covers_to
    from changes
    left join full_window on full_window.provider = changes.provider and full_window.extracted_on <= changes.extracted_on
    group by changes.provider, changes.covers_from, changes.covers_to, changes.extracted_on
),
stretch as (
    select
        provider,
        covers_from,
        covers_to,
        coalesce(
            covers_from > 1 + max(covers_to) over (
                partition by provider
                order by covers_from, covers_to rows between unbounded preceding and 1 preceding
            ),
            true
        ) as is_first
    from stated
    where covers_from <= covers_to
),
numbered as (
    select
        provider,
        covers_from,
        covers_to,
        sum(is_first::integer) over (partition by provider order by covers_from, covers_to) as stretch_number
    from stretch
)
select provider, min(covers_from) as covers_from, max(covers_to) as covers_to
from numbered
group by provider, stretch_number
