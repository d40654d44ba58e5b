-- Motivating factors by strand (five strands) and offences behind them, by financial year: of LLR in this build, and as published for the force and in total.
-- reads: area_quarter_strand, area_quarter_group, area_member, calendar_quarter, comparator
with own_quarter as (
    select quarter_code, year
    from calendar_quarter
    where is_complete
        and quarter_code <= $quarter
    qualify count(*) over (partition by year) = 4
),
own_factor as (
    select year, strand_code, sum(reports) as motivating_factors
    from area_quarter_strand
    join own_quarter using (quarter_code)
    join area_member on area_member.member_code = area_quarter_strand.area_code and area_member.area_code = 'llr'
    where measure_code = 'crime'
        and strand_code in ('race', 'religion', 'sexual_orientation', 'disability', 'transgender')
    group by all
),
own_offence as (
    -- Not those of no strand, nor those of the sixth alone, which no national figure has.
    select year, sum(reports) as offences
    from area_quarter_group
    join own_quarter using (quarter_code)
    join area_member on area_member.member_code = area_quarter_group.area_code and area_member.area_code = 'llr'
    where measure_code = 'crime'
        and group_code not in ('other', 'not_known')
    group by all
),
published as (
    select year, area_name, kind, strand_code, motivating_factors, offences
    from comparator
    where kind = 'total' or (kind = 'force' and area_name = $force)
)
select
    year,
    'own' as kind,
    '' as area_name,
    strand_code,
    motivating_factors::integer as motivating_factors,
    offences::integer as offences
from own_factor
join own_offence using (year)
union all
select year, kind, area_name, strand_code, motivating_factors, offences
from published
order by all
