-- Each different cell of the offence code, the code in the contract's own spelling, and the group it belongs to.
-- reads: raw_report, contract_word, word
with written as (
    select distinct offence_code as text
    from raw_report
    where regexp_matches(offence_code, '[\pL\pN]')
),
listed as (
    select offence_key(word) as key, any_value(upper(word)) as offence_code, any_value(code) as code
    from contract_word
    where field = 'offence_code'
    group by all
)
select
    written.text,
    coalesce(listed.offence_code, upper(trim(written.text))) as offence_code,
    listed.code
from written
left join listed on listed.key = offence_key(written.text)
where listed.code is not null or plain(written.text) not in (select word from word where field = 'blank')
