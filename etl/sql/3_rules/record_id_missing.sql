-- The record has no identifier.
-- reads: staged_report, word
select record_number
from staged_report
where record_id is null
    -- A word for a blank is no identifier either.
    or (not regexp_matches(record_id, '[0-9]') and (plain(record_id) = '' or plain(record_id) in (select word from word where field = 'blank')))
