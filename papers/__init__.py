"""WRITE: board paper, quarterly pack and data workbook, from the same answers the pages show."""
