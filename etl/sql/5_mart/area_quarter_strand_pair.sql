-- Reports that carry two given strands, by quarter, place and measure; a report of three strands is in three pairs.
-- reads: counted_report
with alike as (
    select measure_code, area_code, strand_codes, quarter_code, count(*) as reports
    from counted_report
    where is_quarter_complete and group_code = 'multiple'
    group by all
)
select
    measure_code,
    area_code,
    first_strand.strand_code,
    second_strand.strand_code as other_strand_code,
    quarter_code,
    sum(reports)::integer as reports
from alike
cross join unnest(strand_codes) as first_strand (strand_code)
cross join unnest(strand_codes) as second_strand (strand_code)
where first_strand.strand_code < second_strand.strand_code
group by all
order by all
