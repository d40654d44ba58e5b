"""Which papers were made, from which build and by whom, and what did people write for them?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core import words
from core.model import Answer, Build, Selection, Viewer
from core.periods import Quarter, day, day_label, moment_label
from queries import _ask, _moment

_COLUMNS = [
    "product", "board", "place", "quarter", "told_of", "parts", "build_number", "read_as_at", "made_on", "made_by",
]  # fmt: skip


@dataclass(frozen=True)
class Words:
    """What people wrote and chose for one paper.

    Attributes:
        said: by name, empty where nothing was written.
        sections: the parts of it that were chosen.
        version: which version of them, 0 for none.
    """

    said: Mapping[str, str]
    sections: tuple[str, ...]
    version: int


def written(
    selection: Selection,
    viewer: Viewer,
    about: Mapping[str, str],
    names: tuple[str, ...],
    usual: tuple[str, ...],
) -> Words:
    """What people last wrote and chose for a paper, whichever build is open; by a day where one is chosen.

    Args:
        about: product_code, board_code, area_code, quarter_code.
        names: what may be written (`papers.content.WRITTEN`).
        usual: the parts it has until somebody chooses.
    """
    record = _moment.latest(selection, viewer)
    rows = [] if record is None else record.rows("paper")
    held = next((row for row in rows if all(row[name] == code for name, code in about.items())), None)
    if held is None:
        return Words(dict.fromkeys(names, ""), usual, 0)
    said = {name: str(held[name] or "") for name in names}
    return Words(said, tuple(held["sections"].split(",")) if held["sections"] else usual, int(held["version"]))


def made(selection: Selection, viewer: Viewer, build: Build, boards: Mapping[str, str]) -> Answer:
    """Which papers were made, the latest first?

    Frame, one row per paper made: product, board, place, quarter, told_of (measure and strand), parts (those chosen, in
    words), build_number, read_as_at (the day chosen, at whose end what people wrote was read, in words), made_on (in
    words), made_by (None in the shareable build).

    Args:
        boards: those a reader here may be told of: code -> name.
    """
    record = _moment.latest(selection, viewer)
    versions = [] if record is None else list(record.versions["paper"])
    rows = [
        {
            "product": words.label("product", row["product_code"]),
            "board": boards[row["board_code"]],
            "place": words.label("area", row["area_code"]),
            "quarter": Quarter.parse(row["quarter_code"]).label,
            "told_of": _told_of(row, "group" if build.is_shareable else "strand"),
            "parts": _parts(row["sections"]),
            "build_number": row["build_number"],
            "read_as_at": day_label(on) if (on := day(row["as_at"] or "")) else words.say("papers", "texts", "no_day"),
            "made_on": moment_label(row["at"]),
            "made_by": None if build.is_shareable else row["by_name"],
        }
        for row in reversed(versions)
        if row["build_number"] is not None and row["board_code"] in boards
    ]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    withheld = None if rows else "no_paper"
    return _ask.answer(
        "papers.made", frame, selection, build, facts={"papers": words.count("paper", len(rows))}, withheld=withheld
    )


def _told_of(row: Mapping[str, Any], kind: str) -> str:
    """The measure and the strand it tells of; of what was made before they were kept, that they were not."""
    if row["measure_code"] is None:
        return words.say("papers", "texts", "not_kept")
    # More than one strand is a group of the shareable build alone, and one register may serve both deployments.
    kind = kind if row["strand_code"] in words.labels()[kind] else "group"
    measure, strand = words.label("measure", row["measure_code"]), words.label(kind, row["strand_code"])
    return words.say("papers", "texts", "told_of", measure=measure, strand=strand)


def _parts(sections: str | None) -> str:
    if not sections:
        return words.say("papers", "texts", "usual_parts")
    return words.join([words.label("section", code) for code in sections.split(",")])
