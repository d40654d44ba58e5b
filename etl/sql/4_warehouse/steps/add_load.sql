-- Enter the load.
-- reads:
insert into load values (
    $load_id, $source_code, $file_name, $sha256, $extracted_on, $covers_from, $covers_to, $coverage, $loaded_at,
    $records, $accepted, $quarantined, $new, $changed, $unchanged, $is_made_up
)
