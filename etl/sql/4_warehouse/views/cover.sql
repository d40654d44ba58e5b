-- The stretches of time the police extracts of hate reports cover.
-- reads: provider_cover
create or replace view cover as
select covers_from, covers_to
from main.provider_cover
where provider = 'police'
