"""Exceptions and their answers: the rows of the mart read another way, and a log that keeps its dates."""

from __future__ import annotations

import itertools
import math
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import breaks, builds, db, words
from core.model import AUTHORITIES, ELSEWHERE, MEASURES, RESTRICTED, STRANDS, Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label
from queries import _moment, exceptions, quarter, trends
from register import write
from tests.queries.saying import headlines, said
from tests.queries.test_figures_agree import MEMBERS
from ui import captions, downloads

QUESTIONS = (exceptions.found, exceptions.grid, exceptions.blind_spots, exceptions.responses)
QUARTERS = [Quarter(2020, 1).plus(step).code for step in range(14)]
EVERY = list(itertools.product(QUARTERS, MEMBERS, ("all", *STRANDS), MEASURES))
SOME = [Selection(*chosen) for chosen in random.Random(99).sample(EVERY, 30)]
SOME += [
    Selection("2020-Q2", measure="crime"),  # more than a screen of them
    Selection("2020-Q4"),  # among them some above in no single month
    Selection("2022-Q4", measure="incident"),
    Selection("2023-Q1", measure="incident"),  # its last month is recorded another way
    Selection("2023-Q2", measure="crime"),
    Selection("2023-Q2", "county", measure="crime"),
    Selection("2023-Q2", "csp_blaby_hinckley", measure="crime"),
    Selection("2023-Q2", "E07000130", "sexual_orientation", "crime"),
]
CRIME = Selection("2023-Q2", measure="crime")
INCIDENT = Selection("2022-Q4", measure="incident")
KEY = ["area_code", "strand_code"]
COORDINATOR = Viewer("Coordinator", frozenset({write.COORDINATOR}))
_CLAIMS = re.compile(
    r"\bcaus|\bbecause\b|\bdue to\b|\bbetter\b|\bworse|\bimprov|\bdeteriorat|\bgood\b|\bbad\b|\bspike|\bsurge|\bwave\b",
    re.IGNORECASE,
)


def _read(demonstration_data: Path, table: str) -> pd.DataFrame:
    number = builds.live_number(demonstration_data)
    assert number is not None
    with db.open_to_read(builds.mart_path(demonstration_data, number, RESTRICTED)) as mart:
        return mart.execute(f"select * from {table}").df()


# As the pages open it: one process may not hold a file open in two ways.
@pytest.fixture(scope="module")
def power(demonstration_data: Path) -> pd.DataFrame:
    return _read(demonstration_data, "alert_power")


@pytest.fixture(scope="module")
def alerts(demonstration_data: Path, power: pd.DataFrame) -> pd.DataFrame:
    return _read(demonstration_data, "area_month_alert").sort_values("month_on")


def _of(alerts: pd.DataFrame, selection: Selection) -> dict[tuple[str, str], pd.DataFrame]:
    """(area, strand) -> its three months, of every series of a selection."""
    kept = (alerts["measure_code"] == selection.measure) & (alerts["quarter_code"] == selection.quarter)
    kept &= alerts["area_code"].isin({selection.area, *MEMBERS[selection.area]})
    if selection.strand != "all":
        kept &= alerts["strand_code"] == selection.strand
    return {(str(area), str(strand)): months for (area, strand), months in alerts[kept].groupby(KEY)}


def _told_of(months: pd.DataFrame) -> dict[str, Any] | None:
    """What the list must say of three months; None where it must not name them."""
    above = months[months["state_code"] == "above"]
    last = months.iloc[-1]
    if above.empty and not last["is_running"]:
        return None
    if len(above):
        one = above.iloc[-1]
        told = {"observed": one["observed"], "expected": one["expected"], "upper_limit": one["upper_limit"]}
        told["month"] = f"{one['month_on']:%B %Y}"
    else:
        told = {name: last[f"running_{name}"] for name in ("observed", "expected")}
        told["upper_limit"] = last["running_limit"]
        told["month"] = f"{months.iloc[0]['month_on']:%B} to {last['month_on']:%B %Y}"
    kinds = [kind for kind, holds in (("above", len(above)), ("running", last["is_running"])) if holds]
    return {**told, "flag_code": "_and_".join(kinds)}


def _named(row: dict[str, Any]) -> str:
    strand = (
        "all strands together" if row["strand_code"] == "all" else words.label("strand_in_sentence", row["strand_code"])
    )
    return f"{words.label('area_in_sentence', row['area_code'])} ({strand})"


def _rounded(expected: float) -> str:
    return f"{expected:,.0f}" if expected >= 10 else f"{expected:,.1f}"


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_a_series_is_listed_exactly_where_a_month_or_the_three_together_are_above(
    selection: Selection, alerts: pd.DataFrame, viewer: Viewer, restricted: Build
) -> None:
    expected = {key: told for key, months in _of(alerts, selection).items() if (told := _told_of(months))}
    found = exceptions.found(selection, viewer, restricted)
    rows = {(row["area_code"], row["strand_code"]): row for row in found.frame.to_dict("records")}
    assert set(rows) == set(expected)
    assert (found.finding in ("some", "answered")) == bool(expected)
    for key, told in expected.items():
        row = rows[key]
        assert {name: row[name] for name in told} == told
        sentence = row["sentence"]
        for number in (
            f"{told['observed']:,.0f}",
            f"about {_rounded(told['expected'])} ",
            f"up to {told['upper_limit']:,.0f} ",
        ):
            assert number in sentence, sentence
        assert words.label("area_in_sentence", key[0]) in sentence
        assert key[1] == "all" or words.label("strand_in_sentence", key[1]) in sentence
        months = _of(alerts, selection)[key]
        run = list(itertools.takewhile(bool, (months["observed"] > months["expected"]).tolist()[::-1]))
        assert len(run) <= row["months_above"]
        assert (row["how_long"] == "No longer above what was expected") == (
            not run and pd.notna(months["expected"].iloc[-1])
        )
        if told["flag_code"] != "above":
            assert row["months_above"] >= 3
            assert f"{months['running_observed'].iloc[-1]:,.0f}" in sentence
    table = captions.table(found)
    for cells, row in zip(table.rows, found.frame.to_dict("records"), strict=True):
        told_in_row = dict(zip(table.headings, cells, strict=True))
        assert told_in_row["Month"] == row["month"]
        assert told_in_row["Recorded"] == f"{row['observed']:,}"
        assert told_in_row["Chance up to"] == f"{row['upper_limit']:,}"
        assert told_in_row["Expected"] == captions.write(row["expected"], captions.Unit("count"))


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_the_furthest_from_what_was_expected_comes_first_and_the_headline_names_three(
    selection: Selection, viewer: Viewer, restricted: Build
) -> None:
    found = exceptions.found(selection, viewer, restricted)
    rows = found.frame.to_dict("records")
    over = [
        (row["observed"] - row["expected"]) / max(row["upper_limit"] - row["expected"], 1) for row in rows
    ]  # as a share of the room that chance is given
    assert over == sorted(over, reverse=True)
    headline = captions.headline(found)
    for position, row in enumerate(rows):
        assert (_named(row) in headline) == (position < 3)
    assert ("more" in headline.partition(":")[2]) == (len(rows) > 3)
    if len(rows) > 3:
        assert f" and {len(rows) - 3} more" in headline
    if rows:
        without = sum(row["response_code"] == "none" for row in rows)
        assert (f"Without a response: {without}" in headline) == bool(without)
        assert ("No response is outstanding" in headline) == (not without)


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_the_grid_agrees_with_the_list_with_the_months_and_with_trends(
    selection: Selection, alerts: pd.DataFrame, viewer: Viewer, restricted: Build
) -> None:
    series = _of(alerts, selection)
    grid = exceptions.grid(selection, viewer, restricted)
    found = exceptions.found(selection, viewer, restricted)
    assert len(grid.frame) == len(series)
    cells = grid.frame.set_index(KEY)
    listed = {(row["area_code"], row["strand_code"]): row["flag_code"] for row in found.frame.to_dict("records")}
    shown = {
        key: code for key, code in cells["state_code"].items() if code in ("above", "running", "above_and_running")
    }
    assert shown == listed
    judged = 0
    for key, cell in cells.iterrows():
        months = series[key]  # type: ignore[index]
        is_judged = months["state_code"].isin(["above", "within"])
        is_cut = months["state_code"].iloc[-1] == "not_comparable"
        held = months[months["expected"].notna()] if is_judged.any() or is_cut else months[:0]
        judged += bool(is_judged.any() and (cell["state_code"] != "not_comparable"))
        assert cell["months"] == len(held)
        assert pd.isna(cell["expected"]) == held.empty
        assert held.empty or cell["expected"] == pytest.approx(held["expected"].sum())
        assert cell["observed"] == (held if len(held) else months)["observed"].sum()
        assert cell["part"] == (f"in {len(held)} months" if len(held) in (1, 2) else "")
    for key in random.Random(str(selection)).sample(sorted(cells.index), min(3, len(cells))):
        chosen = Selection(selection.quarter, *key, selection.measure)
        whole = (
            trends.quarterly(chosen, viewer, restricted).frame.set_index("quarter_code").loc[selection.quarter, "value"]
        )
        assert cells.loc[key, "months"] in (1, 2) or cells.loc[key, "observed"] == whole
    headline = captions.headline(grid)
    assert f"{len(series)} series" in headline
    if grid.finding != "none_judged":
        assert re.match(rf"({len(listed)}|None) of {judged} series", headline)
        assert headline.startswith("None") == (not listed)
        assert f"{judged} of {len(series)} series can be judged" in headline
    assert (grid.finding == "none_judged") == (judged == 0)
    if not listed:
        assert (found.finding == "none") == (judged > 0)
        assert ("Nothing unusual" in captions.headline(found)) == (judged > 0)
        assert judged == 0 or f"none of {judged} series" in captions.headline(found)


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_quarter_says_what_the_list_of_every_strand_says(
    selection: Selection, viewer: Viewer, restricted: Build
) -> None:
    asked = replace(selection, measure="crime" if selection.measure == "all" else selection.measure, strand="all")
    found = exceptions.found(asked, viewer, restricted)
    told = quarter.headlines(selection, viewer, restricted)
    row = next(row for row in told.frame.to_dict("records") if row["about"] == "areas")
    sentence = dict(headlines(told))["areas"]
    if found.finding not in exceptions.TOLD:
        assert row["page"] == "places"
        return
    assert (row["page"], row["measure"], row["strand"]) == ("exceptions", asked.measure, "all")
    assert ("nothing unusual" in sentence) == found.frame.empty
    assert all(_named(one) in sentence for one in found.frame.head(3).to_dict("records"))
    assert words.label("area_in_sentence", selection.area) in sentence
    assert Quarter.parse(selection.quarter).label in sentence
    assert ("no response is outstanding" in sentence) == (found.finding == "answered")


@pytest.mark.parametrize(
    ("area", "places"),
    [
        ("llr", {"llr", *AUTHORITIES}),
        ("county", {code for code in AUTHORITIES if code.startswith("E07")}),
        ("csp_blaby_hinckley", {"E07000129", "E07000132"}),
        ("E06000017", {"E06000017"}),
    ],
)
@pytest.mark.parametrize("strand", ["all", "transgender"])
def test_an_area_shows_its_own_places_and_a_strand_its_own_column(
    area: str, places: set[str], strand: str, viewer: Viewer, restricted: Build
) -> None:
    grid = exceptions.grid(replace(CRIME, area=area, strand=strand), viewer, restricted)
    assert set(grid.frame["area_code"]) == places
    assert set(grid.frame["strand_code"]) == ({"all", *STRANDS} if strand == "all" else {strand})
    told = words.label("strand_in_sentence", strand) if strand != "all" else "all strands together and each one"
    assert f", {told}, " in captions.subtitle(grid), "a strand chosen is never told as the whole"


@pytest.mark.parametrize("ask", QUESTIONS)
def test_what_cannot_be_judged_is_a_designed_state(
    ask: Callable[..., Answer], viewer: Viewer, restricted: Build, shareable: Build
) -> None:
    assert ask(CRIME, viewer, shareable).withheld == "restricted_only"
    assert ask(Selection("2023-Q2", measure=ELSEWHERE), viewer, restricted).withheld == "not_applicable"
    of_unknown = ask(replace(CRIME, strand="not_known"), viewer, restricted).withheld
    assert of_unknown == (None if ask is exceptions.blind_spots else "no_alerts_of_strand")


@pytest.mark.parametrize("measure", ["all", "incident"])
@pytest.mark.parametrize("code", ["2023-Q1", "2023-Q2"])
def test_after_a_change_of_recording_nothing_is_judged_and_the_reason_is_said(
    code: str, measure: str, viewer: Viewer, restricted: Build
) -> None:
    selection = Selection(code, measure=measure)
    found = exceptions.found(selection, viewer, restricted)
    assert (found.finding, len(found.frame)) == ("not_comparable", 0)
    assert "3 June 2023" in captions.headline(found)
    grid = exceptions.grid(selection, viewer, restricted)
    assert set(grid.frame["state_code"]) == {"not_comparable"}
    assert exceptions.blind_spots(selection, viewer, restricted).withheld == "none_judged"
    # what came before the change is still compared, and said to be a part
    before = grid.frame[grid.frame["months"] > 0]
    assert len(before) == (70 if code == "2023-Q1" else 0)
    assert set(before["part"]) <= {"in 2 months"}


def test_before_three_years_are_held_nothing_is_judged(viewer: Viewer, restricted: Build) -> None:
    for code in ("2017-Q1", "2018-Q4", "2019-Q4"):
        found = exceptions.found(Selection(code, measure="crime"), viewer, restricted)
        assert (found.finding, len(found.frame)) == ("too_short", 0)
        assert "fewer than three years" in captions.headline(found)
        assert exceptions.grid(Selection(code, measure="crime"), viewer, restricted).finding == "none_judged"


def test_too_few_reports_are_not_told_as_too_short_a_history(viewer: Viewer, restricted: Build) -> None:
    found = exceptions.found(Selection("2023-Q2", "E06000017", "transgender", "crime"), viewer, restricted)
    assert found.finding == "too_few"
    assert "Rutland has under five reports in Q2 2023/24" in captions.headline(found)
    assert "three years" not in captions.headline(found)


def test_a_measure_that_is_no_longer_recorded_is_not_told_as_usual(
    viewer: Viewer, restricted: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = breaks.Break(date(2022, 10, 1), "end", ("incident",), ("all",), "No longer recorded", "It ended.")
    monkeypatch.setattr(breaks, "breaks", lambda: (over,))
    for ask in QUESTIONS:
        assert ask(INCIDENT, viewer, restricted).withheld == "ended"
        assert ask(replace(INCIDENT, quarter="2022-Q2"), viewer, restricted).withheld != "ended"


@pytest.mark.parametrize("strand", ["all", "race"])
def test_a_cut_of_a_single_place_is_the_reason_told_for_it(
    strand: str, viewer: Viewer, restricted: Build, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    earlier = breaks.Break(date(2018, 4, 1), "cut", ("all", "crime"), ("E07000133",), "Another change", "Long ago.")
    local = breaks.Break(date(2022, 5, 1), "cut", ("all", "crime"), ("E07000133",), "Melton moved", "It moved.")
    monkeypatch.setattr(breaks, "breaks", lambda: (earlier, local))
    changed = _changed(
        restricted, tmp_path, "update area_month_alert set state_code = 'not_comparable', is_running = false"
    )
    found = exceptions.found(Selection("2022-Q4", "llr", strand, "crime"), viewer, changed)
    assert "melton moved, 1 May 2022" in captions.headline(found)


def _changed(build: Build, folder: Path, *statements: str) -> Build:
    path = folder / "restricted.duckdb"
    shutil.copy(build.path, path)
    with duckdb.connect(str(path)) as mart:
        for statement in statements:
            mart.execute(statement)
    return replace(build, path=path)


def _between(x: float, known: list[tuple[float, float]]) -> float:
    """Straight between the two known points x lies between, flat beyond them."""
    known = sorted(known)
    if x <= known[0][0]:
        return known[0][1]
    for (left, low), (right, high) in itertools.pairwise(known):
        if x <= right:
            return low + (high - low) * (x - left) / (right - left)
    return known[-1][1]


def _sizes_of(power: pd.DataFrame, column: str) -> dict[float, list[tuple[float, float]]]:
    """Dispersion -> (log of the mean, share) of each simulated size."""
    return {
        float(spread): [(math.log(mean), share) for mean, share in zip(rows["mean_reports"], rows[column], strict=True)]
        for spread, rows in power.groupby("dispersion")
    }


@pytest.mark.parametrize("selection", [CRIME, INCIDENT, Selection("2021-Q3")], ids=str)
def test_false_alarms_and_blind_spots_are_read_off_the_simulated_sizes(
    selection: Selection, power: pd.DataFrame, alerts: pd.DataFrame, viewer: Viewer, restricted: Build
) -> None:
    last = pd.Timestamp(Quarter.parse(selection.quarter).ends_on)
    sizes: list[tuple[float, float]] = []
    for (area, strand), months in _of(alerts, selection).items():
        judged = months[months["state_code"].isin(["above", "within"])]
        if judged.empty:
            continue
        mine = (alerts[KEY] == [area, strand]).all(axis=1) & (alerts["measure_code"] == selection.measure)
        year = alerts[mine & (alerts["month_on"] <= last) & (alerts["month_on"] > last - pd.DateOffset(months=12))]
        assert len(year) == 12
        sizes.append((year["observed"].mean(), judged["dispersion"].iloc[-1]))

    def share(column: str, mean: float, spread: float) -> float:
        at = math.log(max(mean, 0.01))
        return _between(spread, [(one, _between(at, known)) for one, known in _sizes_of(power, column).items()])

    false = [
        [_between(math.log(max(mean, 0.01)), known) for known in _sizes_of(power, "false_alarms_pct").values()]
        for mean, _ in sizes
    ]
    low, high = (math.floor(0.12 * sum(map(min, false)))), math.ceil(0.12 * sum(map(max, false)))
    budget = f"Of about {12 * len(sizes):,} monthly checks a year across LLR, {low} to {high} flags are chance."
    blind = exceptions.blind_spots(selection, viewer, restricted)
    caught = [share("caught_x2_pct", *size) for size in sizes]
    assert captions.headline(blind).startswith(
        f"{budget} In {sum(one < 50 for one in caught)} of {len(sizes)} series a month that doubled"
    )
    bands = {"Under 1 a month": (0, 1), "1 to 3 a month": (1, 3), "3 to 8 a month": (3, 8), "8 to 20 a month": (8, 20)}
    bands["20 or more a month"] = (20, 10**9)
    rows = {row["label"]: row for row in blind.frame.to_dict("records")}
    for label, (least, most) in bands.items():
        here = [size for size in sizes if least <= size[0] < most]
        assert (label in rows) == bool(here)
        if here:
            row = rows[label]
            assert (row["series_count"], row["checks"]) == (len(here), 12 * len(here))
            for name, column in (("value", "caught_x2_pct"), ("caught_x1_5_pct",) * 2, ("caught_x3_pct",) * 2):
                assert row[name] == pytest.approx(sum(share(column, *size) for size in here) / len(here))
            chance = 0.12 * sum(share("false_alarms_pct", *size) for size in here)
            assert row["false_flags_ratio"] == pytest.approx(chance)
    of_grid = exceptions.grid(selection, viewer, restricted)
    assert f"{len(sizes)} of 70 series can be judged" in captions.headline(of_grid), "one page, one count of series"
    assert exceptions.blind_spots(replace(selection, area="E06000017", strand="race"), viewer, restricted).frame.equals(
        blind.frame
    ), "the budget is of the whole grid, whatever is chosen"


@pytest.mark.parametrize("selection", SOME, ids=str)
def test_no_word_claims_a_reason_or_a_value(selection: Selection, viewer: Viewer, restricted: Build) -> None:
    for ask in QUESTIONS:
        found = ask(selection, viewer, restricted)
        spoken = said(found)
        if ask is exceptions.found and found.withheld is None:
            spoken += [row[name] for row in found.frame.to_dict("records") for name in ("sentence", "how_long", "flag")]
        for sentence in spoken:
            assert not _CLAIMS.search(sentence), sentence
            assert not re.search(r"(?<![\d,./])1 (exceptions|places|months|checks)\b", sentence), sentence
            assert not re.search(r"\bnan\b|\bNone\.|[{}]|\(\)|,,|,[.:;]|  ", sentence), sentence


# The log of responses: a scratch register beside the demonstration's figures.


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'register.sqlite'}"
    monkeypatch.setenv("MONITOR_REGISTER", url)
    return url


def _respond(
    url: str, row: dict[str, Any], at: datetime | None, code: str = "looking", note: str = "", by: str = "A"
) -> None:
    about = {name: row[name] for name in ("measure_code", "area_code", "strand_code", "quarter_code")}
    with write.writer(url, is_made_up=True) as book:
        book.entry(COORDINATOR, "exception response", at).put(
            "exception_response", {**about, "response_code": code, "responder": by, "note": note}
        )


def _day(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def _first(selection: Selection, viewer: Viewer, build: Build) -> dict[str, Any]:
    return dict(exceptions.found(selection, viewer, build).frame.to_dict("records")[0])


@given(shown_on=st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_an_answer_is_due_on_the_tenth_working_day_after_it_was_shown(shown_on: date) -> None:
    due_on, worked = shown_on, 0
    while worked < 10:
        due_on += timedelta(days=1)
        worked += due_on.weekday() < 5
    assert exceptions._due_on(shown_on) == due_on


def test_the_log_holds_exactly_what_the_lists_of_the_quarters_showed(
    viewer: Viewer, restricted: Build, register: str
) -> None:
    for measure in MEASURES:
        log = exceptions.responses(Selection("2023-Q2", measure=measure), viewer, restricted)
        listed = {
            (Quarter.parse(code).label, row["area_code"], row["strand"], row["flagged_on"])
            for code in QUARTERS
            for row in exceptions.found(Selection(code, measure=measure), viewer, restricted).frame.to_dict("records")
            if row["flagged_on"] is not None
        }
        if log.withheld is not None:
            assert (log.withheld, listed) == ("none_flagged", set())
            continue
        logged = log.frame[["quarter", "area_code", "strand", "flagged_on"]].itertuples(index=False, name=None)
        assert sorted(logged) == sorted(listed)
        quarters = [Quarter(int(label[3:7]), int(label[1])) for label in log.frame["quarter"]]
        assert quarters == sorted(quarters, reverse=True)
    assert exceptions.responses(INCIDENT, viewer, restricted).withheld is None, "the demonstration has some"


@pytest.mark.parametrize(
    ("answered", "asked", "standing", "finding"),
    [
        (0, 30, "in_time", "all_in_time"),
        (10, 30, "in_time", "all_in_time"),  # on the last day
        (11, 30, "late", "some_late"),
        (None, 10, "waiting", "waiting"),
        (None, 11, "overdue", "some_late"),
    ],
)
def test_an_exception_is_answered_in_time_late_overdue_or_still_in_time(
    answered: int | None, asked: int, standing: str, finding: str, viewer: Viewer, restricted: Build, register: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    row = _first(CRIME, viewer, restricted)
    days = pd.bdate_range(row["flagged_on"], periods=40)
    if answered is not None:
        _respond(register, row, _day(days[answered].date()))
    monkeypatch.setattr(_moment, "seen_at", lambda selection, build: _day(days[asked].date()))
    log = exceptions.responses(CRIME, viewer, restricted)
    told = log.frame.iloc[0]
    assert (told["standing_code"], log.finding, len(log.frame)) == (standing, finding, 1)
    assert told["due_on"] == days[10].date()
    assert told["responded_on"] == (None if answered is None else days[answered].date())
    assert captions.headline(log).startswith("1 exception shown: ")


def test_the_latest_answer_is_shown_and_the_first_one_counts(viewer: Viewer, restricted: Build, register: str) -> None:
    row = _first(CRIME, viewer, restricted)
    _respond(register, row, _day(row["flagged_on"]), "noted", by="First")
    later = row["flagged_on"] + timedelta(days=60)
    _respond(register, row, _day(later), "explained", "Two events of one day.", by="Second")
    told = exceptions.responses(CRIME, viewer, restricted).frame.iloc[0]
    assert (told["standing_code"], told["responded_on"]) == ("in_time", row["flagged_on"])
    assert (told["response"], told["responder"], told["note"]) == ("Explained", "Second", "Two events of one day.")
    shown = exceptions.found(CRIME, viewer, restricted)
    assert shown.frame["response"].iloc[0] == f"Explained: Second, {day_label(later)}. Two events of one day."
    assert shown.finding == "answered"


def test_an_answer_is_to_its_own_measure_place_strand_and_quarter(
    viewer: Viewer, restricted: Build, register: str
) -> None:
    row = _first(INCIDENT, viewer, restricted)
    for other in (
        {"measure_code": "all"},
        {"area_code": "E07000129"},
        {"strand_code": "other"},
        {"quarter_code": "2022-Q3"},
    ):
        _respond(register, row | other, None)
    found = exceptions.found(INCIDENT, viewer, restricted)
    assert found.facts["unanswered"] == len(found.frame)
    _respond(register, row, None)
    found = exceptions.found(INCIDENT, viewer, restricted)
    assert found.facts["unanswered"] == len(found.frame) - 1, "what is kept is seen at once"


def test_an_answer_from_before_the_latest_flagged_month_says_so(
    viewer: Viewer, restricted: Build, register: str, tmp_path: Path
) -> None:
    changed = _changed(
        restricted, tmp_path,
        "update area_month_alert set flagged_on = '2023-10-20' where area_code = 'E07000130' "
        "and measure_code = 'crime' and strand_code = 'sexual_orientation' and month_on = '2023-09-01'",
    )  # fmt: skip
    row = _first(CRIME, viewer, changed)
    assert row["flagged_on"] == date(2023, 10, 4), "the first of its months"
    for answered, is_older in ((date(2023, 10, 19), True), (date(2023, 10, 20), False)):
        _respond(register, row, _day(answered), note=f"As of {answered}.")
        told = exceptions.found(CRIME, viewer, changed).frame["response"].iloc[0]
        assert ("before the latest month was in" in told) == is_older


def test_an_exception_was_shown_once_its_quarter_could_be_chosen(
    viewer: Viewer, restricted: Build, register: str, tmp_path: Path
) -> None:
    """Monthly extracts flag July in August; the quarter is offered when September is in."""
    changed = _changed(
        restricted, tmp_path,
        "update area_month_alert set flagged_on = last_day(month_on) + 4 "
        "where quarter_code = '2023-Q2' and flagged_on is not null",
    )  # fmt: skip
    assert _first(CRIME, viewer, changed)["flagged_on"] == date(2023, 10, 4)
    assert list(exceptions.responses(CRIME, viewer, changed).frame["flagged_on"]) == [date(2023, 10, 4)]


def test_what_was_found_in_years_gone_by_may_be_answered_and_is_in_no_log(
    viewer: Viewer, restricted: Build, register: str
) -> None:
    selection = Selection("2020-Q1", measure="crime")
    row = _first(selection, viewer, restricted)
    assert row["flagged_on"] is None
    _respond(register, row, None)
    assert _first(selection, viewer, restricted)["is_answered"]
    assert exceptions.responses(selection, viewer, restricted).withheld == "none_flagged"


@pytest.fixture
def moved_back(demonstration_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Path]:
    """moved_back(2): the same builds, with that one live."""

    def move(number: int) -> Path:
        data = tmp_path / "data"
        data.mkdir()
        (data / "marts").symlink_to(demonstration_data / "marts", target_is_directory=True)
        (data / "current.txt").write_text(str(number), encoding="ascii")
        monkeypatch.setenv("MONITOR_DATA", str(data))
        return data

    return move


def _two_answers(url: str, viewer: Viewer, build: Build, taken_over_at: datetime) -> None:
    """One answer from just before the next build took this one's place, and one from just after."""
    row = _first(INCIDENT, viewer, build)
    _respond(url, row, taken_over_at - timedelta(seconds=1), "noted")
    _respond(url, row, taken_over_at + timedelta(seconds=1), "explained", "One dispute.")


def test_as_at_an_earlier_build_only_what_was_written_before_the_next_one_is_shown(
    viewer: Viewer, restricted: Build, register: str, demonstration_data: Path
) -> None:
    earlier = builds.open_build(demonstration_data, restricted.number - 1, RESTRICTED)
    _two_answers(register, viewer, earlier, restricted.published_at.replace(tzinfo=UTC))
    assert _first(INCIDENT, viewer, earlier)["response_code"] == "noted"
    assert _first(INCIDENT, viewer, restricted)["response_code"] == "explained"


def test_a_build_gone_back_to_is_live_and_shows_everything_written(
    viewer: Viewer, restricted: Build, register: str, moved_back: Callable[[int], Path]
) -> None:
    data = moved_back(restricted.number - 1)
    live = builds.live_build(data, RESTRICTED)
    assert live is not None
    _two_answers(register, viewer, live, restricted.published_at.replace(tzinfo=UTC))
    assert _first(INCIDENT, viewer, live)["response_code"] == "explained"


@pytest.mark.parametrize("written", ["<script>alert(1)</script>", "=cmd()", "{reason} %s", "@SUM(1)\r\n-1+2"])
def test_what_people_write_is_kept_to_the_letter_and_is_no_formula_in_a_file(
    written: str, viewer: Viewer, restricted: Build, register: str
) -> None:
    row = _first(CRIME, viewer, restricted)
    _respond(register, row, None, "explained", written, by=written)
    log = exceptions.responses(CRIME, viewer, restricted)
    assert list(log.frame[["responder", "note"]].iloc[0]) == [written, written]
    assert written in exceptions.found(CRIME, viewer, restricted).frame["response"].iloc[0]
    for answer in (log, exceptions.found(CRIME, viewer, restricted)):
        file = downloads.csv(answer).decode("utf-8-sig")
        assert not re.search(r'(^|,)"?[=@+]', file, re.MULTILINE)
