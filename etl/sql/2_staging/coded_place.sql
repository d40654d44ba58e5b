-- Every different place with the area it lies in; no area when its authority was not recognised.
-- reads: written_place, stated_place, placed
select
    written_place.*,
    stated_place.is_default,
    placed.area_code,
    placed.area_basis,
    placed.is_conflicting,
    string_split(placed.remarks, ' ') as remarks
from written_place
join stated_place using (place_number)
join placed using (place_number)
