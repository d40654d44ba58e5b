-- A crime has an outcome and no date of it.
-- reads: staged_report, heading
select record_number
from staged_report
where measure_code = 'crime'
    and outcome_code <> 'not_assigned'
    and outcome_on is null
    and outcome_date_fault is null
    -- A file without the column is not asked for it record by record.
    and exists (select 1 from heading where field = 'outcome_date')
