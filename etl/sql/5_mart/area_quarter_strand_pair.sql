-- Reports that carry two given strands, by quarter, place and measure; a report of three strands is in three pairs.
-- reads: alike_report
select
    measure_code,
    area_code,
    first_strand.strand_code,
    second_strand.strand_code as other_strand_code,
    quarter_code,
    sum(reports)::integer as reports
from alike_report
cross join unnest(strand_codes) as first_strand (strand_code)
cross join unnest(strand_codes) as second_strand (strand_code)
where is_quarter_complete
    and group_code = 'multiple'
    and first_strand.strand_code < second_strand.strand_code
group by all
order by all
