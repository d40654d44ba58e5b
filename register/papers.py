"""What people write for a paper, and what was made: kept with the build it was made from, so it can be made again."""

from __future__ import annotations

from collections.abc import Mapping

from core import builds
from core.model import Build, Viewer
from core.settings import load_settings
from register.tables import KEPT, key, values
from register.write import Written, save, writer

CHOICES = ("as_at", "strand_code", "measure_code", "sections")
"""What is chosen for a paper beside what it is about, by column: `sections` is their codes with a comma between."""

WORDS = tuple(name for name in values(KEPT["paper"]) if name not in (*CHOICES, "build_number", "made_by"))
"""What people write, by column."""


def keep(
    viewer: Viewer,
    about: Mapping[str, str],
    said: Mapping[str, str],
    choices: Mapping[str, str],
    *,
    based_on: int | None,
    is_made_up: bool,
) -> None:
    """Keep the words and choices of a paper without making it.

    Args:
        about: product_code, board_code, area_code, quarter_code.
        said: what was written, by name of WORDS; what is empty is kept as nothing.
        choices: by name of CHOICES; what is empty is kept as nothing.
        based_on: the version the writer had before them, 0 for none; None when they did not look.
        is_made_up: whether the figures it is about are.

    Raises:
        Conflict: somebody else wrote since the writer looked.
        MonitorError: the viewer may not, or a day cannot be one.
    """
    save(viewer, "paper words", [Written("paper", _row(about, said, choices), based_on)], is_made_up=is_made_up)


def record(
    viewer: Viewer,
    build: Build,
    about: Mapping[str, str],
    said: Mapping[str, str],
    choices: Mapping[str, str],
    *,
    based_on: int | None,
) -> None:
    """Keep that a paper was made, by whom and of what, with its words, and its build from being pruned.

    The build is kept before the entry is: no record points at a build that may go.

    Args:
        build: the build it was made from.
        about, said, choices, based_on: as `keep` takes them.

    Raises as `keep` does, and MonitorError when the build is gone.
    """
    row = _row(about, said, choices) | {"build_number": build.number, "made_by": viewer.name}
    with writer(load_settings().register_url, is_made_up=build.is_made_up) as register:
        register.entry(viewer, "paper").put("paper", row, based_on=based_on)
        # Before the transaction ends: a build that is gone leaves no entry, and a refused entry keeps no build.
        builds.keep(load_settings().data, build.number, "-".join(("paper", *about.values())))


def _row(about: Mapping[str, str], said: Mapping[str, str], choices: Mapping[str, str]) -> dict[str, str | int | None]:
    told = {**{name: said.get(name) for name in WORDS}, **{name: choices.get(name) for name in CHOICES}}
    return {
        **{name: about[name] for name in key(KEPT["paper"])},
        **{name: (text or "").strip() or None for name, text in told.items()},
    }
