-- Whether an extract of this source that comes later in the order was taken in already.
-- reads: load_order
select count(*) > 0
from load_order
where source_code = $source_code and order_key > $order_key
