-- Which disjoint places each area a reader may choose is made of.
-- reads: area_member
select area_code, member_code, valid_from, valid_to from area_member order by area_code, member_code
