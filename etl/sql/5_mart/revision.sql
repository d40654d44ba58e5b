-- What moved since the build before in quarters that build had already published.
-- reads: previous_area_quarter_strand, area_quarter_strand
select
    measure_code,
    area_code,
    quarter_code,
    previous_area_quarter_strand.reports as reports_before,
    area_quarter_strand.reports as reports_now
from area_quarter_strand
join previous_area_quarter_strand using (measure_code, area_code, strand_code, quarter_code)
where strand_code = 'all' and area_quarter_strand.reports <> previous_area_quarter_strand.reports
order by all
