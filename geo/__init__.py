"""PLACE: which authority a record belongs to, and the outlines of the authorities."""
