-- The stretches of time the police extracts of hate reports cover, windows that touch or overlap joined; what lies between is a gap.
-- reads: load
create or replace view cover as
with report_load as (
    select coverage, covers_from, covers_to, extracted_on
    from main.load
    where provider = 'police' and not is_open
),
full_window as (
    select covers_from, covers_to, extracted_on
    from report_load
    where coverage = 'full'
),
-- Changes say what moved since the extract before, so they go on from where the last full one ended, or without one
-- from the first record sent. A full extract before them means that older records they hold are revisions: the years around
-- those were never sent, and are not years without reports.
stated as (
    select covers_from, covers_to
    from full_window
    union all
    select
        coalesce(
            (select max(covers_to) from full_window where full_window.extracted_on <= changes.extracted_on),
            min(covers_from) over (order by extracted_on)
        ) as covers_from,
        covers_to
    from (select covers_from, covers_to, extracted_on from report_load where coverage = 'changes') as changes
),
stretch as (
    select
        covers_from,
        covers_to,
        coalesce(
            covers_from > 1 + max(covers_to) over (
                order by covers_from, covers_to rows between unbounded preceding and 1 preceding
            ),
            true
        ) as is_first
    from stated
    where covers_from <= covers_to
),
numbered as (
    select covers_from, covers_to, sum(is_first::integer) over (order by covers_from, covers_to) as stretch_number
    from stretch
)
select min(covers_from) as covers_from, max(covers_to) as covers_to
from numbered
group by stretch_number
