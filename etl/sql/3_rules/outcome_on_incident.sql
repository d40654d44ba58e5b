-- A non-crime incident carries an outcome; incidents are in no outcome rate.
-- reads: staged_report
select record_number
from staged_report
where measure_code = 'incident' and outcome_code is not null and outcome_code <> 'not_assigned'
