-- Reports by complete quarter, place, measure and strand, added up from the months; no protected cell is behind them.
-- reads: area_month_strand, calendar_month, calendar_quarter
select measure_code, area_code, strand_code, quarter_code, sum(reports)::integer as reports, 0 as cells
from area_month_strand
join calendar_month using (month_on)
join calendar_quarter using (quarter_code)
where calendar_quarter.is_complete
group by measure_code, area_code, strand_code, quarter_code
-- Reports made elsewhere may be held for a part of a quarter only.
having count(*) = 3
order by measure_code, area_code, strand_code, quarter_code
