-- The layout of these tables, as one number; see etl/conform.py.
-- reads:
create table if not exists warehouse_layout (layout integer not null)
