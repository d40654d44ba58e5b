-- Every different place with the area it lies in; no area when its authority was not recognised.
-- reads: written_place, placed
select
    written_place.*,
    placed.area_code,
    placed.area_basis,
    placed.is_conflicting
from written_place
join placed using (place_number)
