-- Enter the load.
-- reads:
insert into load values (
    $load_id, $source_code, $contract_name, $provider, $is_open, $file_name, $sha256, $extracted_on, $covers_from, $covers_to, $coverage, $loaded_at,
    $records, $accepted, $quarantined, $new, $changed, $unchanged, $reports, $is_made_up, $judged_by
)
