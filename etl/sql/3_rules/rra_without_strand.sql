-- A racially or religiously aggravated offence carries neither the race nor the religion strand.
-- reads: staged_report
select record_number
from staged_report
where offence_code in ('8P', '105B', '8M', '9B', '58J')
    and not list_has_any(strand_codes, ['race', 'religion'])
    -- Where a row is one flag of a report, the other rows say its other strands.
    and $grain <> 'flag'
    and not has_unknown_strand
    and not has_combined_strand
