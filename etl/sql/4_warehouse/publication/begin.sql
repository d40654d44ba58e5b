-- Enter a build that lies ready; a number left unfinished is taken over.
-- reads:
merge into publication
using (select $build_number as build_number) as ready
on publication.build_number = ready.build_number
when matched then update set published_at = $published_at, is_finished = false, key_fingerprint = $key_fingerprint
when not matched then insert values ($build_number, $published_at, false, $key_fingerprint)
