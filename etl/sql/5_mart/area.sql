-- The areas a reader may choose.
-- reads: area
select area_code, kind, position from area order by position
