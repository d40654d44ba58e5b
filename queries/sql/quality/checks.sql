-- What was made sure of before this build was published.
-- reads: publication_check
select check_code, sentence
from publication_check
order by check_code
