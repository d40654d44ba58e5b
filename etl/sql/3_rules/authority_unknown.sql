-- The local authority is none that is known.
-- reads: staged_report
select record_number
from staged_report
where area_basis = 'unrecognised'
