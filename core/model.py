"""The nouns that travel between the rooms: a selection, a viewer, a build, an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

MEASURES = ("all", "crime", "incident")
ELSEWHERE = "elsewhere"  # reports to reporting centres and councils not also made to the police; in no other measure
STRANDS = ("race", "religion", "sexual_orientation", "disability", "transgender", "other")
GROUPS = (*STRANDS, "multiple", "not_known")
AUTHORITIES = (
    "E06000016", "E06000017", "E07000129", "E07000130", "E07000131",
    "E07000132", "E07000133", "E07000134", "E07000135",
)  # fmt: skip
AREA_NOT_KNOWN = "not_known"
AREA_OUTSIDE = "outside"
RESTRICTED = "restricted"
SHAREABLE = "shareable"


@dataclass(frozen=True)
class Selection:
    """What the reader chose in the filter bar. Codes, never labels.

    Attributes:
        quarter: financial quarter code, `2022-Q4`.
        area: code of a row of the `area` table (an authority, a CSP, `county`, `county_rutland`, `llr`).
        strand: `all`, one of STRANDS, or (shareable build) one of GROUPS.
        measure: one of MEASURES, or ELSEWHERE where the build has it.
        as_at: the day, `2023-10-11`, at whose end what people wrote is read (plan, responses, meetings); '' for now.
    """

    quarter: str
    area: str = "llr"
    strand: str = "all"
    measure: str = "all"
    as_at: str = ""


@dataclass(frozen=True)
class Viewer:
    """Who asks: a name for the record, their roles, and the CSPs they may write for."""

    name: str
    roles: frozenset[str]
    csps: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Build:
    """One published build, as its own `build` table describes it.

    Attributes:
        number: 1, 2, 3 ... in order of publication.
        audience: RESTRICTED or SHAREABLE: which of the build's two files this is.
        path: the mart file.
        published_at: when the files were written.
        data_from, data_to: first and last day covered by the hate report extracts.
        extracted_on: latest extract date among the loads behind the build.
        is_made_up: every record is demonstration data.
        marking: the protective marking to print.
        base: the rounding base of protected cells (1 in the restricted file).
    """

    number: int
    audience: str
    path: Path
    published_at: datetime
    data_from: date
    data_to: date
    extracted_on: date
    is_made_up: bool
    marking: str
    base: int = 1

    @property
    def is_shareable(self) -> bool:
        """Whether counts in this file are protected."""
        return self.audience == SHAREABLE


@dataclass(frozen=True)
class Answer:
    """What leaves `queries`: a frame of released figures that knows where it came from and what it says.

    Attributes:
        question: `module.function`, which is also where its words live: config/text/<module>.toml [<function>].
        frame: the released figures, one row per mark on the chart and per line of the table.
        selection, build: what was asked, of which build.
        finding: which headline of the words fits these figures.
        facts: the values the headline, subtitle, caption and alt text may name.
        notes: keys of config/text/notes.toml that must stand under the figure.
        withheld: None, or the key of the designed state that replaces the figure.
        protected_cells: how many of the counts behind it are protected cells.
    """

    question: str
    frame: pd.DataFrame
    selection: Selection
    build: Build
    finding: str = "plain"
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    withheld: str | None = None
    protected_cells: int = 0
