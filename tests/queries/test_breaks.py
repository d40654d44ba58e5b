"""What is declared of recording changes and events is checked when it is read, and held by every series."""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import breaks, words
from core.errors import ConfigError
from core.model import AUTHORITIES, ELSEWHERE, MEASURES, Build, Selection, Viewer
from core.periods import Quarter
from queries import _ask, _change, _series, quality, quarter, selection, strands, trends
from tests.queries.saying import EVERY, said, tile_sentences
from ui import captions

Declare = Callable[..., None]
KEPT = (breaks.breaks, breaks.events)
WORKED_OUT = (
    _change.of_quarter, _change.of_year, _series.best, _series._months, _series._quarters, quarter._standings,
)  # fmt: skip

BREAK = """
[[break]]
on = 2023-06-03
kind = "cut"
measures = ["all", "incident"]
areas = ["all"]
title = "A change"
text = "It changed."
"""
EVENT = """
[[event]]
from = 2022-08-28
to = 2022-09-30
kind = "event"
title = "An event"
"""


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Declare]:
    """declare(changes=..., events=...): the two files hold this, and nothing worked out before is remembered."""

    def write(*, changes: str = "", events: str = "") -> None:
        (tmp_path / "breaks.toml").write_text(changes, encoding="utf-8")
        (tmp_path / "events.toml").write_text(events, encoding="utf-8")
        monkeypatch.setattr(breaks, "CONFIG", tmp_path)
        forget()

    def forget() -> None:
        for remembered in (*KEPT, *WORKED_OUT):
            remembered.cache_clear()

    yield write
    forget()


def test_what_is_declared_can_be_read_and_is_what_the_domain_knows() -> None:
    known = {one.title: one for one in breaks.breaks()}
    code = known["Non-crime hate incident code of practice"]
    assert (code.on, code.kind, set(code.measures)) == (date(2023, 6, 3), "cut", {"all", "incident"})
    assert [one for one in known.values() if one.kind == "cut"] == [code]
    review = known["Final review of non-crime hate incidents published"]
    assert (review.kind, review.told) == ("note", "March 2026")
    assert "not confirmed" in review.text
    assert known["Racist incidents no longer collected nationally"].measures == ()
    assert known["Neighbourhood policing areas redrawn"].told == "about 11 March 2020"
    assert known["Crime recording checks"].told == "during 2020"
    first_days = {one.starts_on for one in breaks.events() if one.kind == "event"}
    assert {date(2016, 6, 23), date(2021, 7, 11), date(2022, 8, 28), date(2023, 10, 7), date(2024, 7, 29)} <= first_days


def test_awareness_weeks_run_from_the_second_to_the_third_saturday_of_october() -> None:
    weeks = [one for one in breaks.events() if one.kind == "campaign"]
    assert [one.starts_on.year for one in weeks] == list(range(2016, 2026))
    for one in weeks:
        saturdays = [
            day
            for day in calendar.Calendar().itermonthdates(one.starts_on.year, 10)
            if day.month == 10 and day.weekday() == calendar.SATURDAY
        ]
        assert (one.starts_on, one.ends_on) == (saturdays[1], saturdays[2])
        is_confirmed = one.starts_on.year in (2016, 2021, 2022, 2023)
        assert ("by the rule" in one.told) != is_confirmed


@pytest.mark.parametrize(
    ("changes", "events", "about"),
    [
        (BREAK.replace("cut", "cutt"), "", "kind"),
        (BREAK.replace('"incident"', '"incidents"'), "", "measure"),
        (BREAK.replace('areas = ["all"]', 'areas = ["E09000001"]'), "", "area"),
        (BREAK.replace('areas = ["all"]', 'areas = ["not_known"]'), "", "area"),
        (BREAK.replace('areas = ["all"]', "areas = []"), "", "area"),
        (BREAK.replace('areas = ["all"]', 'areas = "all"'), "", "list"),
        (BREAK.replace('title = "A change"', ""), "", "title"),
        (BREAK.replace('"A change"', '" "'), "", "blank"),
        (BREAK.replace("2023-06-03", '"3 June 2023"'), "", "day"),
        (BREAK.replace("2023-06-03", "2023-06-03T00:00:00"), "", "day"),
        (BREAK + "area = 'all'\n", "", "not known"),
        (BREAK.replace("[[break]]", "[[brake]]"), "", "table"),
        (BREAK.replace("[[break]]", "[break]"), "", "list"),
        (BREAK.replace('["all", "incident"]', '["incident"]'), "", "all hate reports"),
        (BREAK.replace('"cut"', '"end"'), "", "all hate reports"),
        (BREAK.replace('"cut"', '"end"').replace('["all", "incident"]', "[]"), "", "no measure"),
        (2 * BREAK.replace('"cut"', '"end"').replace('"all", ', ""), "", "twice"),
        (BREAK.replace("2023-06-03", "2023-06-31"), "", "TOML"),
        ("", EVENT.replace('"event"', '"events"'), "kind"),
        ("", EVENT.replace("2022-08-28", "2022-10-28"), "before it begins"),
        ("", EVENT.replace("from = 2022-08-28\n", ""), "from"),
        ("", EVENT.replace("to = 2022-09-30", "until = 2022-09-30"), "until"),
        ("", EVENT.replace("2022-09-30", '"soon"'), "day"),
    ],
    ids=lambda text: text if len(text) < 20 else "",
)
def test_what_cannot_be_used_is_refused_when_it_is_read(
    declare: Declare, viewer: Viewer, restricted: Build, changes: str, events: str, about: str
) -> None:
    declare(changes=changes, events=events)
    with pytest.raises(ConfigError) as refused:
        selection.options(viewer, restricted)
    told = refused.value.as_dict()
    assert all(told.values())
    assert about in told["what"]
    assert ("breaks.toml" if changes else "events.toml") in told["where"]


def test_files_that_declare_nothing_break_nothing(declare: Declare, viewer: Viewer, restricted: Build) -> None:
    declare()
    selection.options(viewer, restricted)
    assert breaks.breaks() == ()
    assert breaks.marks("all", "llr", date(2017, 4, 1), date(2023, 9, 30)) == []


_DAYS = st.dates(date(2017, 4, 1), date(2023, 9, 30))


@given(days=st.lists(_DAYS, min_size=1, max_size=4, unique=True), kind=st.sampled_from(("cut", "note")))
def test_a_series_is_bridged_at_a_note_and_never_at_a_cut(days: list[date], kind: str) -> None:
    declared = tuple(breaks.Break(day, kind, MEASURES, ("all",), "A change", "It changed.") for day in sorted(days))
    starts = [Quarter.parse("2017-Q1").plus(step).starts_on for step in range(26)]
    ends = [Quarter.of(day).ends_on for day in starts]
    frame = pd.DataFrame({"starts_on": pd.to_datetime(starts), "ends_on": pd.to_datetime(ends)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(breaks, "breaks", lambda: declared)
        stretches = breaks.segments("crime", "llr", frame)
        for first, last in itertools.combinations(range(26), 2):
            inside = [day for day in days if starts[first] < day <= ends[last]]
            found = breaks.crossed("crime", "llr", starts[first], ends[last])
            assert (found is not None) == (kind == "cut" and bool(inside))
            if kind == "note" or not inside:
                assert stretches[first] == stretches[last]
            elif any(ends[first] < day <= starts[last] for day in inside):
                assert stretches[first] != stretches[last]
        marked = breaks.marks("crime", "llr", starts[0], ends[-1])
        assert sorted(days) == [mark["on"] for mark in marked if mark["kind"] == kind]


def test_only_what_touches_the_drawn_window_is_marked_and_campaigns_never_are() -> None:
    titles = [mark["title"] for mark in breaks.marks("all", "llr", date(2022, 1, 1), date(2023, 9, 30))]
    assert titles == ["Disorder in Leicester", "Non-crime hate incident code of practice"]
    later = breaks.marks("crime", "llr", date(2023, 10, 1), date(2026, 9, 30))
    assert [mark["title"] for mark in later] == [
        "Israel-Hamas conflict",
        "Murders in Southport and disorder after them",
    ]
    assert later[0]["on"] == later[0]["to"], "without an end only the first day is marked"
    assert [mark["on"] for mark in breaks.marks("incident", "llr", date(2025, 1, 1), date(2026, 9, 30))] == [
        date(2026, 3, 1)
    ]


def test_with_too_many_events_the_earliest_are_only_listed_and_no_recording_change_is_left_off(
    declare: Declare, viewer: Viewer, restricted: Build
) -> None:
    first = date(2019, 1, 1)
    events = "".join(
        EVENT.replace("2022-08-28", str(first + timedelta(days=30 * step)))
        .replace("2022-09-30", str(first + timedelta(days=30 * step)))
        .replace("An event", f"Event {step}")
        for step in range(40)
    )
    changes = "".join(
        BREAK.replace('"cut"', '"note"').replace("2023-06-03", f"2018-{month:02d}-01") for month in (2, 5, 8)
    )
    declare(changes=changes, events=events)
    found = trends.monthly(Selection("2023-Q2", measure="all"), viewer, restricted)
    kinds = [mark["kind"] for mark in found.facts["marks"]]
    assert kinds == ["note"] * 3 + ["event"] * (breaks.MOST_MARKS - 3)
    assert found.facts["marks"][-1]["title"] == "Event 39"
    assert any("27 events" in note for note in captions.notes(found))
    assert not trends.monthly(Selection("2018-Q3", measure="all"), viewer, restricted).facts["marks_left_off"]


def test_marks_of_the_twelve_month_line_fall_within_it(viewer: Viewer, restricted: Build) -> None:
    found = trends.rolling_year(Selection("2023-Q2", measure="crime"), viewer, restricted)
    first = found.frame["starts_on"].iloc[0].date()
    assert found.facts["marks"]
    assert all(mark["on"] >= first for mark in found.facts["marks"])


def test_a_change_in_one_authority_breaks_its_series_and_no_other(
    declare: Declare, viewer: Viewer, restricted: Build
) -> None:
    declare(changes=BREAK.replace('areas = ["all"]', 'areas = ["E07000133"]').replace("2023-06-03", "2022-07-01"))
    frame = quarter.areas(Selection("2023-Q2", measure="all"), viewer, restricted).frame
    stretches = frame.groupby("area_code")["segment"].nunique()
    assert stretches.to_dict() == {code: 2 if code == "E07000133" else 1 for code in AUTHORITIES}
    for area, is_cut in (("E07000133", True), ("E07000130", False)):
        found = trends.quarterly(Selection("2022-Q4", area, measure="incident"), viewer, restricted)
        assert (found.finding == "not_comparable") == is_cut


END = BREAK.replace('"cut"', '"end"').replace('"all", ', "").replace("2023-06-03", "2023-05-02")


@pytest.fixture
def before(viewer: Viewer, restricted: Build) -> dict[str, pd.DataFrame]:
    """What the quarters were before anything ended, by measure."""
    return {measure: _series.quarters(Selection("2023-Q2", measure=measure), restricted) for measure in MEASURES}


def test_a_measure_that_ends_has_no_zeros_after_and_breaks_no_total(
    before: dict[str, pd.DataFrame], declare: Declare, viewer: Viewer, restricted: Build
) -> None:
    declare(changes=END)
    for measure in ("all", "crime"):
        told = _series.quarters(Selection("2023-Q2", measure=measure), restricted)
        pd.testing.assert_frame_equal(told, before[measure])
    incidents = _series.quarters(Selection("2023-Q2", measure="incident"), restricted)
    # the quarter it ended in is a part, and is not told as the whole
    pd.testing.assert_frame_equal(incidents, before["incident"].iloc[:-2])
    assert _series.months(Selection("2023-Q2", measure="incident"), restricted)["label"].iloc[-1] == "April 2023"
    # all hate reports go on without incidents, and compare with nothing before that
    assert trends.quarterly(Selection("2023-Q2", measure="all"), viewer, restricted).finding == "not_comparable"
    assert trends.rolling_year(Selection("2023-Q2", measure="all"), viewer, restricted).finding == "mixed"
    assert trends.quarterly(Selection("2023-Q2", measure="crime"), viewer, restricted).finding != "not_comparable"
    tiles = quarter.tiles(Selection("2023-Q2", measure="crime"), viewer, restricted)
    incident = tiles.frame.set_index("tile_code").loc["incident"]
    assert (incident["value_said"], incident["verdict_code"]) == ("Not available", "ended")
    assert any("no longer recorded (a change, 2 May 2023)" in line for line in tile_sentences(tiles))
    table = trends.change(Selection("2023-Q2", measure="crime"), viewer, restricted).frame.set_index("measure_code")
    assert set(table.loc["incident", "text"]) == {"no longer recorded"}
    assert table.loc["incident", "now"].isna().all()


@pytest.mark.parametrize("audience", ["restricted", "shareable"])
def test_after_its_end_every_figure_of_a_measure_says_so_and_before_it_stands(
    audience: str, declare: Declare, viewer: Viewer, restricted: Build, shareable: Build
) -> None:
    declare(changes=END)
    build = restricted if audience == "restricted" else shareable
    after = Selection("2023-Q2", "E06000016", measure="incident")
    answers = {one.question: one for one in (ask(after, viewer, build) for ask in EVERY)}
    ended = {question for question, one in answers.items() if one.withheld == "ended"}
    assert {
        "trends.quarterly",
        "trends.rolling_year",
        "places.rates_by_area",
        "strands.groups",
        "quarter.areas",
    } <= ended
    for one in answers.values():
        for sentence in said(one):
            assert "{" not in sentence
    state = " ".join(said(answers["trends.quarterly"]))
    assert "no longer recorded (A change, 2 May 2023)" in state
    earlier = trends.quarterly(replace(after, quarter="2022-Q4"), viewer, build)
    assert earlier.withheld is None
    assert not _ask.holds(after, build)


def test_the_lists_on_methods_say_every_change_and_every_event(viewer: Viewer, restricted: Build) -> None:
    chosen = Selection("2023-Q2")
    changes = quality.recording_changes(chosen, viewer, restricted)
    assert list(changes.frame["title"]) == [one.title for one in breaks.breaks()]
    assert captions.headline(changes).startswith(f"{len(breaks.breaks())} recording changes")
    assert words.say("quality", "texts", "no_measure") in set(changes.frame["measures"])
    listed = quality.coincident_events(chosen, viewer, restricted)
    assert len(listed.frame) == len(breaks.events())
    assert "never said to be its cause" in captions.subtitle(listed)
    assert "Israel-Hamas conflict" in set(listed.frame["title"])
    assert listed.frame.set_index("title").loc["Israel-Hamas conflict", "label"] == "from 7 October 2023"


@pytest.mark.parametrize("measure", [*MEASURES, ELSEWHERE])
def test_strands_and_places_note_a_total_that_mixes_two_ways_of_recording(
    measure: str, viewer: Viewer, restricted: Build
) -> None:
    found = strands.groups(Selection("2023-Q2", measure=measure), viewer, restricted)
    assert ("window_straddles_cut" in found.notes) == (measure in ("all", "incident"))
