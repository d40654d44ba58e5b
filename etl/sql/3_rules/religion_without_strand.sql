-- A religion targeted is named and the religion strand is not.
-- reads: staged_report
select record_number
from staged_report
where not list_contains(strand_codes, 'religion')
    and len(list_filter(religion_codes, lambda code: code not in ('not_known', 'no_religion'))) > 0
    -- Jews and Sikhs are ethnic groups in law as well.
    and not (list_contains(strand_codes, 'race') and list_has_all(['jewish', 'sikh', 'not_known', 'no_religion'], religion_codes))
    -- Where a row is one flag of a report, the other rows say its other strands.
    and $grain <> 'flag'
    and not has_unknown_strand
    and not has_combined_strand
