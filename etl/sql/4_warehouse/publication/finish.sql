-- The pointer has moved: this build, and any before it that never got so far, are done with.
-- reads: publication
update publication
set is_finished = true
where build_number <= $build_number
