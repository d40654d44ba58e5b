"""What do the records themselves say of an indicator? The named queries a delivery plan may be worked out from.

An indicator that names one of COMPUTED is counted from the build, so nobody returns it and it cannot disagree with the
page that shows the same figure. Each answers for the whole partnership, by quarter, as the build counts it now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from core.model import Build, Selection, Viewer
from core.periods import Quarter
from core.settings import load_settings
from queries import _ask, exceptions

EXCEPTION_MEASURES = ("crime", "incident")  # the two together are every report once


@dataclass(frozen=True)
class Figure:
    """A numerator and a denominator: what the returns of one quarter add up to, or what the records say of it."""

    numerator: float
    denominator: float

    @property
    def percent(self) -> float | None:
        """The share as a percentage, None of nothing."""
        return 100 * self.numerator / self.denominator if self.denominator else None


def computed(name: str, selection: Selection, viewer: Viewer, build: Build) -> Mapping[str, Figure]:
    """Quarter code -> figure, of every quarter to the selected one that the build can answer for.

    Args:
        name: one of COMPUTED.

    Raises:
        KeyError: there is no query of that name.
    """
    if build.is_shareable:
        return {}  # exact counts are not in its file
    frame = COMPUTED[name](selection, viewer, build)
    return {
        row["quarter_code"]: Figure(row["numerator"], row["denominator"])
        for row in frame.to_dict("records")
        if row["quarter_code"] <= selection.quarter
    }


def other_routes(_asked: Selection, _viewer: Viewer, build: Build) -> pd.DataFrame:
    """Reports of twelve months that came by third-party and online routes, as the Victims page counts them.

    Columns, here and in all of these: quarter_code, numerator, denominator.
    """
    routes = tuple(load_settings().options["victims"]["other_routes"])
    return _ask.figures(build, "indicators.other_routes", routes=routes)


def less_reported_strands(_asked: Selection, _viewer: Viewer, build: Build) -> pd.DataFrame:
    """Motivating factors of twelve months that are of the strands named in settings.toml [plan] less_reported."""
    strands = tuple(load_settings().options["plan"]["less_reported"])
    return _ask.figures(build, "indicators.less_reported_strands", strands=strands)


def charged(_asked: Selection, _viewer: Viewer, build: Build) -> pd.DataFrame:
    """Crimes recorded 6 to 18 months before the quarter's end that have a charge or summons so far."""
    return _ask.figures(build, "indicators.charged", charged=tuple(load_settings().options["outcomes"]["charged"]))


def completeness(field: str) -> Callable[[Selection, Viewer, Build], pd.DataFrame]:
    """Records of twelve months with one field known, as the Quality page counts them."""

    def of_field(_asked: Selection, _viewer: Viewer, build: Build) -> pd.DataFrame:
        return _ask.figures(build, "indicators.completeness", field=field)

    return of_field


def repeat_victims(asked: Selection, _viewer: Viewer, build: Build) -> pd.DataFrame:
    """People with a report in the quarter, and those of them with another in the twelve months before it."""
    found = people(Selection(asked.quarter, measure="all"), build)
    return found.rename(columns={"repeat_victims": "numerator", "victims": "denominator"})


def people(selection: Selection, build: Build) -> pd.DataFrame:
    """Victims and repeat victims of each quarter to the selected one that has a whole look-back before it.

    Columns: quarter_code, starts_on, ends_on, is_provisional, victims, repeat_victims.
    """
    frame = _ask.figures(
        build, "indicators.people", measure=selection.measure, area=selection.area, strand=selection.strand
    )
    first = Quarter.of(build.data_from)
    first_whole = first.plus(repeat_months() // 3 + (first.starts_on < build.data_from)).code
    held = (frame["quarter_code"] >= first_whole) & (frame["quarter_code"] <= selection.quarter)
    return frame[held].reset_index(drop=True)


def repeat_months() -> int:
    """How many months before a report another one of the same person makes them a repeat victim."""
    return int(load_settings().options["repeat_victim"]["months"])


def responses_in_time(asked: Selection, viewer: Viewer, build: Build) -> pd.DataFrame:
    """Exceptions of each quarter whose ten working days are over, and those answered within them."""
    logs = [
        exceptions.responses(replace(asked, area="llr", strand="all", measure=measure), viewer, build)
        for measure in EXCEPTION_MEASURES
    ]
    told = pd.concat([log.frame for log in logs if log.withheld is None] or [pd.DataFrame()])
    if told.empty:
        return pd.DataFrame(columns=["quarter_code", "numerator", "denominator"])
    decided = told[told["standing_code"] != "waiting"]
    of_quarter = decided.groupby("quarter_code")["standing_code"]
    counted = of_quarter.agg(numerator=lambda standing: int((standing == "in_time").sum()), denominator="size")
    return counted.reset_index()


COMPUTED: dict[str, Callable[[Selection, Viewer, Build], pd.DataFrame]] = {
    "other_routes": other_routes,
    "less_reported_strands": less_reported_strands,
    "repeat_victims": repeat_victims,
    "charged": charged,
    "strand_known": completeness("strand_code"),
    "area_known": completeness("area_code"),
    "channel_known": completeness("channel_code"),
    "ethnicity_known": completeness("victim_ethnicity_code"),
    "responses_in_time": responses_in_time,
}
"""Name of the query -> what it asks. `adoption` is counted by the plan itself, from what the CSPs decided."""
