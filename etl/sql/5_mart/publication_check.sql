-- What was made sure of before the build was published: a build for which one of these does not hold is never published.
-- reads: named_check
select check_code, sentence
from named_check
order by check_code
