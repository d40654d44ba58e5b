"""Every sentence is true of figures made for it: each finding, from generated counts, against a reckoning of its own.

The demonstration holds the figures it holds; here they are made, so that every headline of Quarter and Trends is met:
which way it moved, the numbers it gives, how sure it is. What is right is worked out here from the counts, by scipy's
binomial and by the rules of the usual range written once more, plainly.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from core import words
from core.model import AUTHORITIES, Answer, Build, Selection, Viewer
from core.periods import Quarter
from queries import _ask, _series, exceptions, plan, quarter, trends
from tests.queries.saying import headlines
from ui import captions

VIEWER = Viewer("A reader", frozenset())
LAST = Quarter.parse("2022-Q3")  # nine quarters before the cut
SURE = re.compile(r"more than chance would explain|bigger fall than chance|more of a fall than chance", re.IGNORECASE)
QUICKLY = settings(max_examples=12, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
_builds = itertools.count(1000)

Counts = Sequence[int]


def _build(audience: str = "restricted") -> Build:
    """A build of its own for every example: what is worked out is remembered by build."""
    number = next(_builds)
    return Build(
        number, audience, Path(f"made-{number}.duckdb"), datetime(2023, 1, 5), date(2017, 4, 1), LAST.ends_on,
        date(2023, 1, 4), True, "OFFICIAL", 5 if audience == "shareable" else 1,
    )  # fmt: skip


def _quarters(counts: Counts, last: Quarter = LAST) -> pd.DataFrame:
    """A count a quarter, the last of them in `last`."""
    quarters = [last.plus(at - len(counts) + 1) for at in range(len(counts))]
    return pd.DataFrame(
        {
            "quarter_code": [one.code for one in quarters],
            "starts_on": pd.to_datetime([one.starts_on for one in quarters]),
            "ends_on": pd.to_datetime([one.ends_on for one in quarters]),
            "days": [one.days for one in quarters],
            "is_provisional": False,
            "value": list(counts),
            "cells": 1,
        }
    )


def _months(counts: Counts, last: Quarter = LAST) -> pd.DataFrame:
    starts = pd.date_range(end=pd.Timestamp(last.ends_on).replace(day=1), periods=len(counts), freq="MS")
    return pd.DataFrame(
        {
            "starts_on": starts,
            "quarter_code": [Quarter.of(day.date()).code for day in starts],
            "days": starts.days_in_month,
            "is_complete": True,
            "is_provisional": False,
            "value": list(counts),
        }
    )


def _everywhere(frame: pd.DataFrame) -> pd.DataFrame:
    """A series is asked for of every area at once: here all of them are alike."""
    return pd.concat([frame.assign(area_code=code) for code in ("llr", *AUTHORITIES)], ignore_index=True)


class Made:
    """Stands where the mart stands: answers a question from what was made for it."""

    def __init__(self, **answers: pd.DataFrame) -> None:
        self.answers = {name.replace("__", "."): frame for name, frame in answers.items()}

    def __call__(self, build: Build, question: str, **parameters: Any) -> pd.DataFrame:
        """The frame made for the question."""
        return _everywhere(self.answers[question])


def _ask_with(made: Made, ask: Callable[..., Answer], selection: Selection, build: Build) -> Answer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_ask, "figures", made)
        patch.setattr(quarter, "standings", lambda *_: {})
        patch.setattr(quarter, "_charges_row", lambda *_: quarter._row("charge", "immature", *_, "quarter", {}))
        patch.setattr(plan, "summary", _none)
        patch.setattr(exceptions, "found", _none)
        return ask(selection, VIEWER, build)


def _none(selection: Selection, viewer: Viewer, build: Build) -> Answer:
    return Answer("plan.summary", pd.DataFrame(), selection, build, withheld="no_plan")


# Changes ------------------------------------------------------------------------------------------------------------


CHANGES = {
    "higher": (4.4, 5.5, 8.0),
    "probably_higher": (2.2, 2.5, 2.8),
    "could_be_chance": (-1.0, -0.4, 0.4, 1.0),
    "same": (0.0,),
    "none": (),
    "probably_lower": (-2.2, -2.5, -2.8),
    "lower": (-4.4, -5.5, -7.0),
}
"""What may be said of two counts, and how many standard deviations apart they are made for it."""


@st.composite
def pairs(draw: st.DrawFn, code: str) -> tuple[int, int]:
    """A count and the one before it, apart as the code wants them; small counts too, where it allows them."""
    if code == "none":
        return 0, 0
    small = st.integers(1, 40) if code in ("could_be_chance", "same") else st.integers(30, 90)
    before = draw(st.one_of(small, st.integers(60, 1500)))
    apart = draw(st.sampled_from(CHANGES[code]))
    now = round(before + apart * math.sqrt(2 * before)) + (draw(st.integers(-2, 2)) if apart else 0)
    return max(now, 0), before


def _expected(now: int, before: int, now_days: int, before_days: int) -> str:
    """What may be said, by scipy's binomial: a central p, twice the smaller tail."""
    if now == before:
        return "same" if now else "none"
    share = now_days / (now_days + before_days)
    tails = [binomtest(now, now + before, share, alternative=side).pvalue for side in ("less", "greater")]
    p = min(1.0, 2 * min(tails))
    # a hair from a threshold either answer is right
    assume(abs(p - 0.05) > 1e-6 and abs(p - 0.002) > 1e-6)
    way = "higher" if now / now_days > before / before_days else "lower"
    return "could_be_chance" if p >= 0.05 else f"probably_{way}" if p >= 0.002 else way


def _holds(sentence: str, code: str, now: int, before: int) -> None:
    """Numbers, direction and hedge of one sentence about a change."""
    moved = re.search(r"(up from|down from) ([\d,]+)", sentence)
    if code == "none":
        assert re.search(r"\bnone\b", sentence, re.IGNORECASE)
        assert not re.search(r"Probably|chance|up from|down from", sentence)
        return
    assert re.search(rf"(?<![\d,]){now:,}(?![\d,]\d)", sentence), sentence
    assert (moved is None) == (code == "same"), sentence
    if moved:
        assert moved[1] == ("up from" if now > before else "down from")
        assert moved[2].rstrip(",") == f"{before:,}"
    else:
        assert "the same as" in sentence
    assert bool(SURE.search(sentence)) == (code in ("higher", "lower")), sentence
    assert bool(re.search(r"probably", sentence, re.IGNORECASE)) == code.startswith("probably"), sentence
    assert ("could still be chance" in sentence) == (code == "could_be_chance"), sentence
    for word, codes in (("fall", ("lower", "probably_lower")), ("rise", ("probably_higher",))):
        assert bool(re.search(rf"\b{word}\b", sentence)) == (code in codes), sentence


def _interval_holds(sentence: str, now: int, before: int, now_days: int, before_days: int) -> None:
    """The percentage of a sentence and its interval, where both counts are ten or more; otherwise none."""
    told = re.search(r"\(([+\u2212]?[\d,.]+)%, 95% interval ([+\u2212]?[\d,.]+)% to ([+\u2212]?[\d,.]+)%\)", sentence)
    if min(now, before) < 10:
        assert "%" not in sentence
        return
    assert told, sentence
    percent, low, high = (float(number.replace("\u2212", "-").replace(",", "")) for number in told.groups())
    rate = (now / now_days) / (before / before_days)
    decimals = len(told[1].partition(".")[2])
    assert percent == pytest.approx(100 * (rate - 1), abs=0.5 * 10**-decimals + 1e-6)
    ends = binomtest(now, now + before).proportion_ci(0.95, "exact")
    for said, end in ((low, ends.low), (high, ends.high)):
        exact = 100 * (end / (1 - end) * before_days / now_days - 1)
        assert said == pytest.approx(exact, abs=0.5 + 1e-6), sentence
    assert low <= percent <= high


@pytest.mark.parametrize("code", CHANGES)
@QUICKLY
@given(data=st.data(), history=st.lists(st.integers(0, 400), min_size=0, max_size=4))
def test_a_quarter_against_the_year_before(code: str, data: st.DataObject, history: list[int]) -> None:
    now, before = data.draw(pairs(code))
    assume(_expected(now, before, LAST.days, LAST.year_before.days) == code)
    # fewer than twelve earlier quarters, so that no clustering is estimated
    counts = [*history, before, 7, 8, 9, now]
    made, build = Made(trends__quarterly=_quarters(counts)), _build()
    selection = Selection(LAST.code, "E07000130", "race", "crime")
    line = _ask_with(made, trends.quarterly, selection, build)
    assert line.finding == code
    _holds(captions.headline(line), code, now, before)
    assert f"{before:,}" in captions.alt(line) or not before
    listed = _ask_with(made, quarter.headlines, selection, build)
    sentence = dict(headlines(listed))["quarter"]
    _holds(sentence, code, now, before)
    assert "Charnwood" in sentence
    assert "race or ethnicity" in sentence
    assert LAST.label in sentence
    assert LAST.year_before.label in sentence


@pytest.mark.parametrize("code", CHANGES)
@QUICKLY
@given(data=st.data(), parts=st.lists(st.integers(0, 9), min_size=6, max_size=6))
def test_twelve_months_against_the_twelve_before(code: str, data: st.DataObject, parts: list[int]) -> None:
    now, before = data.draw(pairs(code))
    assume(all(count == 0 or count >= 3 * 9 for count in (now, before)))  # room for three quarters before the last
    later, earlier = parts[:3] if now else [0] * 3, parts[3:] if before else [0] * 3
    counts = [*earlier, before - sum(earlier), *later, now - sum(later)]
    made, build = Made(trends__quarterly=_quarters(counts)), _build()
    selection = Selection(LAST.code, "E06000016", "all", "crime")
    days = [sum(LAST.plus(-step).days for step in range(first, first + 4)) for first in (0, 4)]
    assume(_expected(now, before, *days) == code)
    line = _ask_with(made, trends.rolling_year, selection, build)
    assert line.finding == code
    _holds(captions.headline(line), code, now, before)
    assert line.frame["value"].iloc[-1] == now
    sentence = dict(headlines(_ask_with(made, quarter.headlines, selection, build)))["year"]
    _holds(re.sub(r" \([^)]*interval[^)]*\)", "", sentence), code, now, before)
    assert "31 December 2022" in sentence
    if code in ("same", "none"):
        assert "%" not in sentence
    else:
        _interval_holds(sentence, now, before, *days)


@QUICKLY
@given(counts=st.lists(st.integers(0, 300), min_size=1, max_size=14), back=st.integers(0, 3))
def test_what_is_not_held_is_said_and_never_told_as_none(counts: list[int], back: int) -> None:
    made, build = Made(trends__quarterly=_quarters(counts, LAST.plus(-back))), _build()
    selection = Selection(LAST.code, "llr", "all", "crime")
    told = dict(headlines(_ask_with(made, quarter.headlines, selection, build)))
    if back:
        assert "no figure is held for Q3 2022/23" in told["quarter"]
    elif len(counts) < 5:
        assert "No figure is held for Q3 2021/22" in told["quarter"]
        assert f": {counts[-1]:,} in Q3 2022/23" in told["quarter"]
        line = _ask_with(made, trends.quarterly, selection, build)
        assert captions.headline(line) == f"{counts[-1]:,} in Q3 2022/23; no figure is held for Q3 2021/22"
    if back or len(counts) < 4:
        assert "not all held" in told["year"]
    elif len(counts) < 8:
        assert "The twelve before are not held" in told["year"]
        assert f": {sum(counts[-4:]):,}." in told["year"]
        line = _ask_with(made, trends.rolling_year, selection, build)
        assert captions.headline(line).endswith("the twelve before are not held")
    if back or len(counts) < 5:
        assert not re.search(r"up from|down from|chance|[Pp]robably|the same as", told["quarter"])


@QUICKLY
@given(counts=st.lists(st.integers(0, 300), min_size=9, max_size=9), after=st.integers(0, 8))
def test_across_a_cut_nothing_moved(counts: list[int], after: int) -> None:
    last = Quarter.parse("2023-Q1").plus(after)  # the quarter in which recording was cut, and those after it
    made, build = Made(trends__quarterly=_quarters(counts, last)), _build()
    selection = Selection(last.code, "llr", "all", "incident")
    told = dict(headlines(_ask_with(made, quarter.headlines, selection, build)))
    is_crossed = {"quarter": after <= 4, "year": after <= 7}
    for about, crosses in is_crossed.items():
        sentence = told[about]
        assert bool(re.search(r"up from|down from|chance|[Pp]robably|the same as|\bnone\b", sentence)) != crosses, (
            sentence
        )
        assert ("3 June 2023" in sentence) == crosses, sentence
    line = _ask_with(made, trends.quarterly, selection, build)
    assert (line.finding == "not_comparable") == is_crossed["quarter"]
    assert ("not comparable" in captions.headline(line)) == is_crossed["quarter"]
    rolling = _ask_with(made, trends.rolling_year, selection, build)
    # the quarter of the cut lies on both sides, and so does every year that holds it
    is_mixed = after <= 3
    assert (rolling.finding == "mixed") == is_mixed
    if is_mixed:
        assert f"{sum(counts[-4:]):,}" not in re.sub(r"\(.*\)|12 months to [\w ]+", "", captions.headline(rolling))
        assert "no figure for the" in told["year"]
    elif after <= 7:
        assert rolling.finding == "not_comparable"
        assert f"{sum(counts[-4:]):,} in twelve months" in captions.headline(rolling)


@QUICKLY
@given(counts=st.lists(st.integers(0, 40).map(lambda cell: 5 * cell), min_size=9, max_size=9))
def test_rounded_figures_never_move_and_are_never_none(counts: list[int]) -> None:
    made, build = Made(trends__quarterly=_quarters(counts)), _build("shareable")
    selection = Selection(LAST.code, "llr", "race", "crime")
    told = dict(headlines(_ask_with(made, quarter.headlines, selection, build)))
    lines = [_ask_with(made, ask, selection, build) for ask in (trends.quarterly, trends.rolling_year)]
    for sentence in (told["quarter"], told["year"], *map(captions.headline, lines)):
        assert "not tested for chance" in sentence
        assert not re.search(r"up from|down from|[Pp]robably|the same as|\bnone\b|\bNone\b", sentence)
    now = f"about {counts[-1]:,}" if counts[-1] else "0 to 4"
    assert f": {now} in" in told["quarter"]
    assert [line.finding for line in lines] == ["rounded", "rounded"]


@QUICKLY
@given(made_counts=st.lists(st.integers(0, 500), min_size=3 * 8, max_size=3 * 8))
def test_how_many_comparisons_are_more_than_chance(made_counts: list[int]) -> None:
    by_measure = {name: made_counts[8 * at : 8 * at + 8] for at, name in enumerate(("crime", "incident"))}
    by_measure["all"] = [sum(pair) for pair in zip(by_measure["crime"], by_measure["incident"], strict=True)]

    def figures(build: Build, question: str, measure: str = "", **parameters: Any) -> pd.DataFrame:
        if question == "selection.options":
            return pd.DataFrame({"kind": "measure", "code": list(by_measure)})
        return _everywhere(_quarters(by_measure[measure]))

    selection = Selection(LAST.code, "llr", "all", "crime")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_ask, "figures", figures)
        answer = trends.change(selection, VIEWER, _build())
    codes = []
    years = [sum(LAST.plus(-step).days for step in range(first, first + 4)) for first in (0, 4)]
    for counts in by_measure.values():
        codes.append(_expected(counts[-1], counts[-5], LAST.days, LAST.year_before.days))
        codes.append(_expected(sum(counts[-4:]), sum(counts[:-4]), *years))
    sure = sum(code in ("higher", "lower") for code in codes)
    likely = sum(code.startswith("probably") for code in codes)
    headline = captions.headline(answer)
    assert answer.finding == ("some" if sure else "likely" if likely else "none")
    numbers = [int(number) for number in re.findall(r"\d+", headline)]
    assert numbers == ([sure, 6] if sure else [likely, 6] if likely else [6]), headline


# The usual range ----------------------------------------------------------------------------------------------------

SHAPES = (
    "within", "trial", "outside_above", "outside_below", "trend_above", "trend_below", "two_of_three_above",
    "two_of_three_below", "shift_above", "shift_below", "too_few_points", "use_quarters", "no_variation",
)  # fmt: skip


def _limits(points: Sequence[float]) -> tuple[float, float, float]:
    """Mean and limits: average movement with the largest ranges left out once, times 2.66."""
    mean = sum(points) / len(points)
    ranges = [abs(later - earlier) for earlier, later in itertools.pairwise(points)]
    average = sum(ranges) / len(ranges)
    kept = [one for one in ranges if one < 3.267 * average]
    average = sum(kept) / len(kept) if kept else 0.0
    return mean, mean - 2.66 * average, mean + 2.66 * average


def _shape(counts: Counts) -> str:
    """What the rules say of the latest month, in their order."""
    points = list(counts)[-36:]
    if len(points) < 12:
        return "too_few_points"
    mean, lower, upper = _limits(points)
    if mean < 8:
        return "use_quarters"
    if upper == mean:
        return "no_variation"
    if len(points) < 24:
        return "trial"
    last, side = points[-1], [(one > mean) - (one < mean) for one in points]
    way = "above" if last > mean else "below"
    if last > upper or last < max(lower, 0):
        return f"outside_{way}"
    steps = [(later > earlier) - (later < earlier) for earlier, later in itertools.pairwise(points)]
    if abs(sum(steps[-6:])) == 6:
        return "trend_above" if steps[-1] > 0 else "trend_below"
    third = 2 * (upper - mean) / 3
    near = [third < abs(one - mean) and lower <= one <= upper for one in points]
    if near[-1] and sum(near[-3:]) >= 2 and abs(sum(side[-3:])) == 3:
        return f"two_of_three_{way}"
    return f"shift_{way}" if abs(sum(side[-7:])) == 7 else "within"


@st.composite
def months_of(draw: st.DrawFn, shape: str) -> list[int]:
    """A series whose latest months are bent towards a shape."""
    mean = draw(st.integers(2, 5) if shape == "use_quarters" else st.integers(25, 300))
    spread = 0 if shape == "no_variation" else max(2, round(mean / draw(st.integers(5, 9))))
    long = draw(st.integers(24, 50))
    size = {"trial": draw(st.integers(12, 23)), "too_few_points": draw(st.integers(3, 11))}.get(shape, long)
    steady = [mean + draw(st.integers(-spread, spread)) for _ in range(size)]
    way = -1 if shape.endswith("below") else 1
    bent = {
        "outside": [mean + way * (mean - 1 if way < 0 else 9 * spread)],
        "trend": [mean + way * round(spread * (step - 3.5) / 2) for step in range(8)],
        "two_of_three": [mean + way * 2 * spread, mean + way, mean + way * 2 * spread],
        "shift": [mean + way * draw(st.integers(1, max(1, spread))) for _ in range(8)],
    }.get(shape.removesuffix("_above").removesuffix("_below"), [])
    return [max(0, one) for one in [*steady[: size - len(bent)], *bent]]


@pytest.mark.parametrize("shape", SHAPES)
@QUICKLY
@given(data=st.data())
def test_the_latest_month_against_its_usual_range(shape: str, data: st.DataObject) -> None:
    counts = data.draw(months_of(shape))
    assume(_shape(counts) == shape)
    _, lower, upper = _limits(counts[-36:])
    # whether a point is on a limit is not for floating point to say
    assume(all(abs(one - limit) > 1e-6 for one in counts[-36:] for limit in (lower, upper)) or shape == "no_variation")
    made, build = Made(trends__monthly=_months(counts)), _build()
    answer = _ask_with(made, trends.monthly, Selection(LAST.code, "E06000016", "race", "crime"), build)
    assert answer.finding == shape
    headline = captions.headline(answer)
    assert headline.startswith("Hate crimes, race or ethnicity, in Leicester")
    last = counts[-1]
    if "December 2022" in headline:
        assert f"{last:,} in December 2022" in headline
    for word, shapes in (
        ("above the usual range", ("outside_above",)), ("below the usual range", ("outside_below",)),
        ("have risen six months or more", ("trend_above",)), ("have fallen six months or more", ("trend_below",)),
        ("close to the top", ("two_of_three_above",)), ("close to the bottom", ("two_of_three_below",)),
        ("above their average", ("shift_above",)), ("below their average", ("shift_below",)),
        ("within the usual", ("within",)), ("on trial", ("trial",)), ("too few months", ("too_few_points",)),
        ("look at the quarters", ("use_quarters",)), ("too little variation", ("no_variation",)),
    ):  # fmt: skip
        assert (word in headline) == (shape in shapes), headline
    told = re.search(r"([\d,.]+) to ([\d,.]+)", headline)
    assert bool(told) == (shape in ("within", "outside_above", "outside_below"))
    if told:
        low, high = (float(number.replace(",", "")) for number in told.groups())
        whole = (math.ceil(max(lower, 0)), math.floor(upper))
        # between limits so narrow that no whole number lies there, they are told as they are
        expected = whole if whole[0] <= whole[1] else (lower, upper)
        assert (low, high) == pytest.approx(expected, abs=0 if expected == whole else 0.05 + 1e-9)
        assert (low <= last <= high) == (shape == "within")
        limits = list(answer.frame[["lower", "upper"]].iloc[-1])
        assert limits == pytest.approx(list(expected)), "and so do the line and the table"
    if shape in ("trend_above", "trend_below"):
        run = counts[-7:]
        assert run == sorted(set(run), reverse=shape == "trend_below")


@QUICKLY
@given(
    shape=st.lists(st.integers(60, 140), min_size=12, max_size=12),
    years=st.integers(3, 5),
    level=st.integers(1, 3),
)
def test_the_busiest_and_the_quietest_month(shape: list[int], years: int, level: int) -> None:
    counts = [level * shape[(at + 3) % 12] for at in range(12 * years)]  # April first
    assume(len(set(shape)) == 12)
    last = Quarter.parse("2021-Q4")
    made, build = Made(trends__monthly=_months(counts, last)), _build()
    answer = _ask_with(made, trends.seasonal, Selection(last.code, "llr", "all", "crime"), build)
    headline, mean = captions.headline(answer), sum(shape) / 12
    high, low = int(np.argmax(shape)), int(np.argmin(shape))
    for month, word in ((high, "highest"), (low, "lowest")):
        assert f"{word} in {words.label('month_full', str(month + 1))} " in headline
    above, below = round(100 * (shape[high] / mean - 1)), round(100 * (1 - shape[low] / mean))
    assert f"({above}% above average)" in headline
    assert f"({below}% below)" in headline


# Places, charges ----------------------------------------------------------------------------------------------------

STANDINGS = ("above", "below", "run_above", "run_below", "rising", "falling", "near_top", "near_bottom")


@QUICKLY
@given(
    codes=st.lists(
        st.sampled_from(("within", "within", "not_judged", "not_judged", *STANDINGS)), min_size=9, max_size=9
    ),
    measure=st.sampled_from(("crime", "incident")),
)
def test_which_places_to_look_at(codes: list[str], measure: str) -> None:
    standing = {
        area: _series.Standing(code, "May 2022" if code in STANDINGS else "", "month")
        for area, code in zip(AUTHORITIES, codes, strict=True)
    }
    selection, build = Selection(LAST.code, "llr", "all", measure), _build()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quarter, "standings", lambda *_: standing)
        patch.setattr(exceptions, "found", _none)
        row = quarter._where_to_look(selection, VIEWER, build)
    sentence = words.say("quarter", "headlines", "areas", row["finding"], **row["facts"])
    judged, unusual = [code for code in codes if code != "not_judged"], [code for code in codes if code in STANDINGS]
    assert row["finding"] == ("none_judged" if not judged else "unusual" if unusual else "nothing_unusual")
    assert ("nothing unusual" in sentence) == (bool(judged) and not unusual)
    for area, code in zip(AUTHORITIES, codes, strict=True):
        name = words.label("area_in_sentence", area)
        assert bool(re.search(rf"(?<!West ){name} \(", sentence)) == (code in STANDINGS), sentence
        if code in ("above", "below"):
            assert f"{name} ({code} its usual range in May 2022)" in sentence
        elif code in STANDINGS:
            assert f"{name} ({code} its usual" not in sentence, "a run is not outside the range"
    if judged:
        assert f"{len(judged)} " in sentence
    if unusual:
        assert f"in {codes.count('within')} of the {len(judged)} " in sentence


@st.composite
def cohorts(draw: st.DrawFn) -> pd.DataFrame:
    """Crimes of eight quarters, how many are charged and how many have an outcome."""
    rows = []
    for at in range(8):
        crimes = draw(st.one_of(st.integers(0, 14), st.integers(10, 900)))
        resolved = draw(st.integers(0, crimes)) if draw(st.booleans()) else crimes - crimes // 12
        rows.append((LAST.plus(at - 7).code, crimes, draw(st.integers(0, resolved)), resolved))
    return pd.DataFrame(rows, columns=["quarter_code", "crimes", "charged", "resolved"])


@QUICKLY
@given(frame=cohorts())
def test_how_many_are_charged(frame: pd.DataFrame) -> None:
    selection, build = Selection(LAST.code, "llr", "all", "all"), _build()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_ask, "figures", lambda *_, **__: frame.copy())
        row = quarter._charges_row(selection, build)
    sentence = words.say("quarter", "headlines", "charge", row["finding"], **row["facts"])
    grown = [one for one in frame.to_dict("records") if one["crimes"] >= 10 and one["resolved"] >= 0.8 * one["crimes"]]
    assert row["finding"] == ("mature" if grown else "immature")
    assert "convict" not in sentence
    if not grown:
        assert not re.search(r"have been charged|interval", sentence)
        return
    latest = grown[-1]
    assert sentence.startswith(f"Of {latest['crimes']:,} hate crimes in LLR recorded in {_label(latest)}, ")
    for part, whole, after in (("charged", "crimes", "have been charged"), ("resolved", "crimes", "have an outcome")):
        share = 100 * latest[part] / latest[whole]
        told = re.search(rf"(under |over )?(\d+)% {after}", sentence)
        assert told, sentence
        assert abs(int(told[2]) - share) <= (1 if told[1] else 0.5) + 1e-9
        assert (told[2] == "0") <= (latest[part] == 0)
        assert (told[2] == "100") <= (latest[part] == latest[whole])
    low, high = map(int, re.findall(r"95% interval (\d+)% to (\d+)%", sentence)[0])
    exact = binomtest(latest["charged"], latest["crimes"]).proportion_ci(0.95, "wilson")
    assert (low, high) == (round(100 * exact.low), round(100 * exact.high))


def _label(row: dict[Any, Any]) -> str:
    return Quarter.parse(row["quarter_code"]).label


def test_every_headline_of_quarter_and_trends_is_generated_above() -> None:
    """A finding that is added to the words needs figures made for it here, or a reason why not."""
    changes = {*CHANGES, "not_comparable", "no_history", "rounded"}
    exceptional = {f"exceptions_{finding}" for finding in exceptions.TOLD}  # of figures held to in test_exceptions
    generated = {
        ("quarter", "quarter"): {*changes, "not_held"},
        ("quarter", "year"): {*changes, "not_held", "mixed"},
        ("quarter", "areas"): {"nothing_unusual", "unusual", "none_judged", "rounded", *exceptional},
        ("quarter", "charge"): {"mature", "immature"},
        ("quarter", "plan"): {"plain"},  # a sentence of the plan's own
        ("trends", "quarterly"): changes,
        ("trends", "rolling_year"): {*changes, "mixed"},
        ("trends", "change"): {"some", "likely", "none"},
        ("trends", "seasonal"): {"plain"},
        ("trends", "monthly"): {*SHAPES, "too_few_events"},  # the last is of quarters, which share the words
    }
    for (page, about), codes in generated.items():
        text = words.page_text(page)
        written = text["headlines"][about] if page == "quarter" else text[about]["headline"]
        assert set(written) == codes, (page, about)
