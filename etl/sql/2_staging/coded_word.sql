-- Each different cell of the coded fields and its code; no code when the contract does not know the word.
-- reads: written_word, word, outcome
with known as (
    select written_word.field, written_word.text, plain(written_word.text) as word, word.code
    from written_word
    left join word on word.field = written_word.field and word.word = plain(written_word.text)
    where trim(written_word.text) <> ''
)
select
    known.field,
    known.text,
    coalesce(known.code, outcome.outcome_code) as code
from known
left join outcome
    on known.field = 'outcome_code'
    and outcome.outcome_code = upper(regexp_extract(trim(known.text), '^0*([0-9]{1,2}[A-Za-z]?)([^0-9A-Za-z].*)?$', 1))
-- Signs alone, and the words that stand for a blank in any field, say nothing.
where known.code is not null
    or (regexp_matches(known.text, '[\pL\pN]') and known.word not in (select word from word where field = 'blank'))
