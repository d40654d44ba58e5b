"""BUILD: extracts in, a published build out. The steps carry the same numbers everywhere."""
