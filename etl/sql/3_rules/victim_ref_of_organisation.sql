-- A victim reference stands for an organisation; it is not used to look for repeat victims.
-- reads: raw_report, staged_report, contract_word
select staged_report.record_number
from staged_report
join raw_report using (record_number)
where staged_report.victim_ref is null
    and trim(raw_report.victim_ref) <> ''
    and (
        lower(trim(raw_report.victim_ref)) in (
            select lower(trim(word)) from contract_word where field = 'victim_ref' and code = 'organisation'
        )
        or (
            victim_kind = 'organisation'
            and lower(trim(raw_report.victim_ref)) not in (
                select lower(trim(word)) from contract_word where field in ('victim_ref', 'blank')
            )
        )
    )
