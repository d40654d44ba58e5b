-- A cell without the space round it, seen or not: blanks of several widths, tabs, line ends, byte order marks.
-- reads:
create or replace temp macro bare(text) as
    trim(
        text,
        chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(32) || chr(160) || chr(8199) || chr(8203) || chr(8239)
            || chr(12288) || chr(65279)
    )
