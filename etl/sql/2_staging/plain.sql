-- A word without the differences that mean nothing: case, spaces, punctuation, a leading "hate".
-- reads:
create or replace temp macro plain(text) as
    regexp_replace(
        trim(regexp_replace(lower(text), '[^a-z0-9]+', ' ', 'g')),
        '^hate (crime |incident )?',
        ''
    )
