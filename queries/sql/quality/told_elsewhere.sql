-- What became of the reports made to centres and councils over the twelve months to the selected quarter, by who sent them.
-- reads: provider_match, calendar_quarter
select provider, status_code, sum(reports)::integer as reports
from provider_match
join calendar_quarter using (quarter_code)
where calendar_quarter.starts_on >= $starts_on
    and calendar_quarter.ends_on <= $ends_on
group by all
order by all
