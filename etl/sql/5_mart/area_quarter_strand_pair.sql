-- Reports that carry two given strands, by quarter, place and measure; a report of three strands is in three pairs.
-- reads: current_report, calendar_quarter
select
    measure_code,
    area_code,
    first_strand.strand_code,
    second_strand.strand_code as other_strand_code,
    quarter_code,
    count(*)::integer as reports
from current_report
join calendar_quarter on recorded_on between starts_on and ends_on
cross join unnest(strand_codes) as first_strand (strand_code)
cross join unnest(strand_codes) as second_strand (strand_code)
where area_code <> 'outside'
    and is_complete
    and len(strand_codes) > 1
    and first_strand.strand_code < second_strand.strand_code
group by all
order by all
