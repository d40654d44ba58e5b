"""Read a file by its layout: the one place where a layout's format chooses the reader."""

from __future__ import annotations

from pathlib import Path

from etl import read_text, read_workbook
from etl.layout import WORKBOOK, Layout, Table


def read_headings(path: Path, layout: Layout) -> tuple[str, ...]:
    """The headings of a file, at the least cost that tells whether it fits. Raises MonitorError."""
    return (
        read_workbook.read_headings(path, layout)
        if layout.format == WORKBOOK
        else read_text.read_headings(path, layout)
    )


def open_table(path: Path, layout: Layout) -> Table:
    """Open and count one file. Raises MonitorError when it is not what the layout states, saying what was found."""
    return read_workbook.open_workbook(path, layout) if layout.format == WORKBOOK else read_text.open_text(path, layout)
