-- The words of the source's contract, in plain form, and the code each stands for.
-- reads: contract_word
select distinct field, coalesce(nullif(plain(word), ''), trim(word)) as word, code
from contract_word
