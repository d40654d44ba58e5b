-- Every different point with the area it lies in.
-- reads: written_point, placed
select
    written_point.*,
    placed.area_code,
    placed.area_basis
from written_point
join placed using (place_number)
