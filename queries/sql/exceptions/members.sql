-- Which places each area a reader may choose is made of.
-- reads: area_member
select area_code, member_code from area_member
