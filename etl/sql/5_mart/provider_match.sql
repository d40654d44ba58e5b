-- What became of the reports each provider besides the police sent of LLR, by the quarter they were made in.
-- reads: elsewhere_match, elsewhere_month
select provider, quarter_code, status_code, count(*)::integer as reports
from elsewhere_match
join elsewhere_month on month_on = date_trunc('month', recorded_on)
where area_code <> 'outside' and is_quarter_complete
group by all
order by all
