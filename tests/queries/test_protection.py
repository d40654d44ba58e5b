"""What the shareable build tells is the protected cells and nothing more, by any question and any set of filters."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from core import builds, db
from core.model import AUTHORITIES, ELSEWHERE, GROUPS, MEASURES, RESTRICTED, SHAREABLE, Build, Selection, Viewer
from queries import places, quarter, strands, trends
from tests.queries.saying import COUNTED, said, some, tile_sentences
from tests.queries.test_figures_agree import MEMBERS

SELECTIONS = some("shareable", 8, 31)
RESTRICTED_ONLY = {
    "trends.monthly", "trends.change", "trends.seasonal", "strands.motivating_factors", "strands.overlaps",
    "strands.religion_targeted", "strands.offence_groups", "strands.completeness", "places.own_past",
    "places.share_of_crime", "places.comparators",
    "exceptions.found", "exceptions.grid", "exceptions.blind_spots", "exceptions.responses",
    "meetings.since", "meetings.about", "meetings.held",
    "quality.loads", "quality.rules", "quality.completeness", "quality.lag",
    "quality.revisions", "quality.revised_cells", "quality.told_elsewhere", "quality.places",
    "victims.routes", "victims.channels", "victims.repeat_victims", "victims.repeat_share", "victims.repeat_plan",
    "victims.support", "victims.satisfaction", "victims.outcomes", "victims.charges", "victims.outcome_groups",
    "victims.time_by_cohort", "victims.time_by_offence",
}  # fmt: skip
# Whole numbers in which nobody who reported is counted; every other whole number of the file is a count of reports.
NOT_COUNTS = {
    ("area", "position"), ("area_quarter_strand", "cells"), ("population", "population"), ("population", "year"),
    ("calendar_quarter", "days"), ("calendar_quarter", "quarter_number"), ("calendar_quarter", "year"),
    ("calendar_quarter", "position"), ("build", "build_number"), ("build", "layout"), ("build", "previous_build"),
    ("build", "rounding_base"),
}  # fmt: skip
TABLES = {
    "build", "area", "area_member", "population", "measure_member", "calendar_quarter", "area_quarter_group",
    "area_quarter_strand", "publication_check",
}  # fmt: skip
COUNT_COLUMNS = ("value", "now", "before", "reports")
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_NO_COUNTS = re.compile(
    rf"\d{{1,2}} {_MONTH} \d{{4}}|{_MONTH} to {_MONTH} \d{{4}}|Q[1-4] \d{{4}}/\d\d|\b12 months|per 1,000|of 20\d\d"
    r"|0 to [\d,]+|\d+\.\d\d|\d figures|multiple of 5|\d+ whole months|^Last \d+ quarters?"
)
_JUDGED = re.compile(r"usual range of|probabl|above its|below its|run of|\bverdict\b|more than chance", re.IGNORECASE)


def _read(path: Path, sql: str) -> pd.DataFrame:
    return db.ask(path, db.Statement("A test's own question.", (), sql, Path("test")), {})


def test_the_file_holds_no_raw_count_in_any_table(shareable: Build) -> None:
    columns = _read(
        shareable.path, "select table_name, column_name, data_type from information_schema.columns order by all"
    )
    assert set(columns["table_name"]) == TABLES
    counted = []
    for table, column, kind in columns.itertuples(index=False):
        assert kind not in ("DOUBLE", "FLOAT"), (table, column)  # a share or a rate could give a count away
        if "INT" in kind and (table, column) not in NOT_COUNTS:
            wrong = _read(shareable.path, f'select count(*) as cells from "{table}" where "{column}" % 5 <> 0')
            assert wrong["cells"].iloc[0] == 0, (table, column)
            counted.append((table, column))
    assert counted == [("area_quarter_group", "reports"), ("area_quarter_strand", "reports")]


def test_a_cell_that_did_not_change_is_never_shown_otherwise(demonstration_data: Path) -> None:
    """Across releases: the offset of a cell is for ever (T4)."""
    cubes: dict[str, list[pd.DataFrame]] = {RESTRICTED: [], SHAREABLE: []}
    keys = ["measure_code", "area_code", "group_code", "quarter_code"]
    for number, audience in itertools.product(builds.published(demonstration_data)[-2:], cubes):
        cube = _read(builds.mart_path(demonstration_data, number, audience), "select * from area_quarter_group")
        cubes[audience].append(cube.set_index(keys)["reports"])
    old, new = (pd.concat([cubes[RESTRICTED][i], cubes[SHAREABLE][i]], axis=1, keys=["true", "shown"]) for i in (0, 1))
    both = old.add_suffix("_before").join(new, how="inner")
    same = both[both["true"] == both["true_before"]]
    assert len(same) > 1000
    assert (same["shown"] == same["shown_before"]).all()
    assert ((both["shown"] - both["true"]).abs() < 5).all()


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_no_answer_tells_more_than_protected_cells(selection: Selection, viewer: Viewer, shareable: Build) -> None:
    for ask in COUNTED:
        found = ask(selection, viewer, shareable)
        spoken = said(found)
        if found.question in RESTRICTED_ONLY:
            assert found.withheld == "restricted_only"
            assert found.frame.empty
            assert not [value for value in found.facts.values() if isinstance(value, float | list | tuple)]
            continue
        assert found.withheld in (None, "no_window", "no_data", "choose_locality")
        if found.withheld:
            assert found.frame.empty
            continue
        if found.question == "quarter.tiles":
            spoken += tile_sentences(found)
            assert set(found.frame["tile_code"]) - {ELSEWHERE} == set(MEASURES)
            assert all(value % 5 == 0 for line in found.frame["spark"] for value in line if value == value)
        _is_protected(found.frame, found.question)
        for sentence in spoken:
            if sentence.startswith("Of "):  # the delivery plan's sentence counts outcomes
                continue
            assert not _JUDGED.search(sentence), sentence
            left = _NO_COUNTS.sub("", sentence)
            for number in re.findall(r"\d[\d,]*", left):
                assert int(number.replace(",", "")) % 5 == 0 or number in ("0", "4"), sentence


def _is_protected(frame: pd.DataFrame, question: str) -> None:
    is_rate = question in ("quarter.areas", "places.rates_by_area", "locality.compared")
    for column in COUNT_COLUMNS:
        if column in frame and not (is_rate and column == "value"):
            values = pd.to_numeric(frame[column]).dropna()
            assert (values % 5 == 0).all(), (question, column)
    if is_rate:
        assert frame["value"].to_numpy() == pytest.approx(
            1000 * (frame["reports"] / frame["population"]).to_numpy(), nan_ok=True
        )
    for column in ("low", "high", "lower", "upper", "centre"):
        assert column not in frame or frame[column].isna().all(), (question, column)
    for column in ("signal", "direction"):
        assert column not in frame
    if "verdict_code" in frame:
        assert set(frame["verdict_code"]) <= {"rounded", "not_comparable", "no_history"}
    if "standing_code" in frame:
        assert set(frame["standing_code"]) == {"not_judged"}
    for column in frame.select_dtypes(["object", "str"]):
        assert not frame[column].astype(str).str.fullmatch(rf"{_MONTH} \d{{4}}").any(), (question, column)


# What a reader may ask: one measure, one area, one strand; what it adds up: measures, authorities, groups.
Filter = tuple[str, str, str]
Shown = Callable[[Filter], int]
SETS_OF_MEASURES = {"all": {"crime", "incident"}, "crime": {"crime"}, "incident": {"incident"}}


def _cells(chosen: Filter) -> frozenset[tuple[str, str, str]]:
    measure, area, strand = chosen
    groups = GROUPS if strand == "all" else (strand,)
    return frozenset(itertools.product(SETS_OF_MEASURES[measure], MEMBERS[area], groups))


def _filters() -> list[Filter]:
    return list(itertools.product(MEASURES, MEMBERS, ("all", *GROUPS)))


def _differences(shown: Shown, target: tuple[str, str, str]) -> Iterator[int]:
    """Every value of one cell a reader can reach: on its own, and as a whole less the parts that make up the rest.

    Along each of measure, area and strand a whole (all, a county, LLR, a CSP) is split into choices that lie in it
    and miss the cell, wherever together they cover the rest; each remainder is then the cell, or a larger one that
    is split again.
    """
    yield shown(target)
    for whole in _filters():
        rest = _cells(whole) - _cells(target)
        if not rest or not _cells(target) <= _cells(whole):
            continue
        parts: list[Filter] = []
        for part in sorted(_filters(), key=lambda one: -len(_cells(one))):
            if _cells(part) <= rest:
                parts.append(part)
                rest = rest - _cells(part)
            if not rest:
                yield shown(whole) - sum(shown(one) for one in parts)
                break


def _leaks(shown: Shown, targets: list[Filter]) -> list[Filter]:
    """Cells for which the differences disagree or are not multiples of 5: then a reader learns more than one shown."""
    found = []
    for target in targets:
        reached = set(_differences(shown, target))
        if len(reached) != 1 or any(value % 5 for value in reached):
            found.append(target)
    return found


@pytest.fixture(scope="module")
def targets() -> list[Filter]:
    return [("crime", area, "transgender") for area in AUTHORITIES]


@pytest.mark.parametrize("code", ["2022-Q4"])
def test_differencing_finds_one_value_for_each_cell(
    code: str, targets: list[Filter], viewer: Viewer, shareable: Build
) -> None:
    """T1: the nine authorities of one strand and quarter, through the app's own figure, against every other filter."""
    on_screen: dict[Filter, int] = {}

    def shown(chosen: Filter) -> int:
        if chosen not in on_screen:
            measure, area, strand = chosen
            frame = trends.quarterly(Selection(code, area, strand, measure), viewer, shareable).frame
            on_screen[chosen] = int(frame.loc[frame["quarter_code"] == code, "value"].iloc[0])
        return on_screen[chosen]

    assert _leaks(shown, targets) == []


def test_the_attack_breaks_the_schemes_it_should(targets: list[Filter], restricted: Build) -> None:
    """The same attack on rounding each answer, and on hiding each answer under 5, finds cells: it has teeth."""
    cube = _read(restricted.path, "select * from area_quarter_group where quarter_code = '2022-Q4'")
    true = cube.set_index(["measure_code", "area_code", "group_code"])["reports"].to_dict()

    def exact(chosen: Filter) -> int:
        return sum(true[cell] for cell in _cells(chosen))

    assert len(_leaks(lambda chosen: 5 * round(exact(chosen) / 5), targets)) >= 5
    hidden = [target for target in targets if 0 < exact(target) < 5]
    assert hidden
    for target in hidden:  # what is hidden on its own is the county less its other districts
        assert set(itertools.islice(_differences(exact, target), 1, None)) == {exact(target)}


def test_every_figure_is_a_sum_of_cells_whatever_the_question(viewer: Viewer, shareable: Build) -> None:
    """T3: each question that shows a count adds up the same cells, in quarters, years and places."""
    chosen = random.Random(5)
    for _ in range(8):
        measure, area, strand = chosen.choice(_filters())
        selection = Selection(f"{chosen.randint(2018, 2022)}-Q{chosen.randint(1, 4)}", area, strand, measure)
        frame = trends.quarterly(selection, viewer, shareable).frame
        by_quarter = frame.set_index("quarter_code")["value"]
        parts = 0
        for one, place, group in _cells((measure, area, strand)):
            if place in MEMBERS:
                piece = trends.quarterly(Selection(selection.quarter, place, group, one), viewer, shareable).frame
                parts += int(piece["value"].iloc[-1])
        unplaced = int(by_quarter.iloc[-1]) - parts
        assert unplaced % 5 == 0
        assert unplaced == 0 or "not_known" in MEMBERS[area]
        tile = quarter.tiles(selection, viewer, shareable).frame.set_index("tile_code").loc[measure]
        assert tile["value"] == by_quarter.iloc[-1]
        year = by_quarter.iloc[-4:].sum()
        rolled = trends.rolling_year(selection, viewer, shareable).frame["value"].iloc[-1]
        assert pd.isna(rolled) or rolled == year
        groups = strands.groups(selection, viewer, shareable).frame.set_index("group_code")["value"]
        assert (groups.sum() if strand == "all" else groups[strand]) == year
        if area in AUTHORITIES:
            placed = places.rates_by_area(selection, viewer, shareable).frame.set_index("area_code")
            assert placed.loc[area, "reports"] == year
            panels = quarter.areas(selection, viewer, shareable).frame.set_index(["area_code", "quarter_code"])
            assert panels.loc[(area, selection.quarter), "reports"] == by_quarter.iloc[-1]
