"""What may be chosen in this build?"""

from __future__ import annotations

from dataclasses import dataclass

from core import breaks
from core.model import GROUPS, SHAREABLE, STRANDS, Build, Viewer
from queries import _ask


@dataclass(frozen=True)
class Options:
    """The codes the filter bar may offer, in the order they are offered; the latest complete quarter is first."""

    quarters: tuple[str, ...]
    areas: tuple[str, ...]
    strands: tuple[str, ...]
    measures: tuple[str, ...]


def options(viewer: Viewer, build: Build) -> Options:
    """Complete quarters, areas, strands and measures of one build.

    Asked at the start of every page, so the declared recording changes and events are read here: raises ConfigError
    where they cannot be used.
    """
    breaks.declared()
    held = _ask.figures(build, "selection.options")
    codes = {kind: tuple(rows["code"]) for kind, rows in held.groupby("kind", sort=False)}
    offered = ("all", *(GROUPS if build.audience == SHAREABLE else (*STRANDS, "not_known")))
    return Options(
        quarters=codes.get("quarter", ()),
        areas=codes["area"],
        strands=tuple(code for code in offered if code in codes["strand"]),
        measures=_ask.measures(build),
    )
