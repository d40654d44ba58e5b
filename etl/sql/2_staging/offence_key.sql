-- An offence code without the differences that mean nothing: case, spaces, zeros in front, (V) or (S) for who was wronged.
-- reads:
create or replace temp macro offence_key(text) as
    regexp_replace(
        regexp_replace(
            trim(regexp_replace(regexp_replace(lower(text), '\([vs ]+\) *$', ''), '[^a-z0-9]+', ' ', 'g')),
            '(^| )0+([0-9])',
            '\1\2',
            'g'
        ),
        '([0-9]) ([a-z])( |$)',
        '\1\2\3',
        'g'
    )
