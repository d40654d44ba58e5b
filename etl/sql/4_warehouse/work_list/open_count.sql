-- How many records wait on the work list.
-- reads: open_quarantine
select count(*)
from main.open_quarantine
