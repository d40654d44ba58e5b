"""Every sentence is true of its figures: what it counts, which way it moved, how sure it is, and what it leaves out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from scipy.stats import binomtest

from core import breaks, words
from core.model import AUTHORITIES, ELSEWHERE, MEASURES, Answer, Build, Selection, Viewer
from core.periods import Quarter
from queries import _ask, _change, _series, places, quality, quarter, strands, trends
from tests.queries.saying import COUNTED, EVERY, headlines, said, some, tile_sentences
from tests.queries.test_figures_agree import _chosen, _year

RESTRICTED = some("restricted", 12, 7)
SHAREABLE = some("shareable", 8, 8)
CUT = date(2023, 6, 3)

_MOVED = re.compile(r"(?P<now>\d[\d,]*)[^.;:]*, (?P<way>up from|down from) (?P<before>\d[\d,]*)")
_ONE_OF_MANY = re.compile(
    r"(?<![\d,./])1 (reports|quarters|months|people|comparisons|figures|outcomes|returns|days|published quarters)\b"
)
_FEW_PERCENT = re.compile(r"\d%[^.;]*\((\d[\d,]*) of (\d[\d,]*)")
# words that would embarrass a practitioner (domain 7): wrong, outdated, or claiming what recording cannot show
_NEVER = re.compile(
    r"homophob|\bBAME\b|\bBME\b|convict|\bproven\b|\bverified\b|true rate|transphob|islamophob"
    r"|(?<!non-crime )\bhate incidents?\b(?! \(non-crime)",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(r"([A-Z][A-Za-z ]+?) \((above|below) its usual range in ([^)]+)\)")
_BROKEN = re.compile(r"\bnan\b|\bNone\.|[{}]|\(\)|,,|,[.:;]|  |\binf\b")
_SURE = re.compile(
    r"(?<!to judge )more than chance would explain\.?|bigger fall than|more of a fall than", re.IGNORECASE
)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _p(now: int, before: int, now_days: int, before_days: int) -> float:
    """Central p of two counts, from scipy's binomial: another road than the one the app takes."""
    share = now_days / (now_days + before_days)
    tails = [binomtest(now, now + before, share, alternative=side).pvalue for side in ("less", "greater")]
    return float(min(1.0, 2 * min(tails)))


def _answers(selection: Selection, viewer: Viewer, build: Build) -> dict[str, Answer]:
    return {one.question: one for one in (ask(selection, viewer, build) for ask in EVERY)}


@pytest.mark.parametrize("selection", RESTRICTED, ids=str)
def test_every_restricted_sentence(
    selection: Selection, reports: pd.DataFrame, elsewhere: pd.DataFrame, viewer: Viewer, restricted: Build
) -> None:
    told = elsewhere[elsewhere["found"].isin(("ambiguous", "unmatched"))] if selection.measure == ELSEWHERE else reports
    answers = _answers(selection, viewer, restricted)
    spoken = [sentence for one in answers.values() for sentence in said(one)]
    if answers["quarter.tiles"].withheld is None:
        spoken += tile_sentences(answers["quarter.tiles"])
    for sentence in spoken:
        assert not _NEVER.search(sentence), sentence
        assert not _BROKEN.search(sentence), sentence
        assert not _ONE_OF_MANY.search(sentence), sentence
        if moved := _MOVED.search(sentence):
            rose = _number(moved["now"]) > _number(moved["before"])
            assert rose == (moved["way"] == "up from"), sentence
            assert moved["now"] != moved["before"], sentence
        if based := _FEW_PERCENT.search(sentence):
            assert _number(based[2]) >= 10, sentence
    _changes_hold(answers, selection, told)
    _places_hold(answers, selection, viewer, restricted)
    _parts_are_not_told_as_wholes(answers, selection, restricted)
    _strands_never_add_up(answers)


def _changes_hold(answers: dict[str, Answer], selection: Selection, reports: pd.DataFrame) -> None:
    """Counts, hedges, area, strand and period of each sentence about a change, from the records themselves."""
    now, before = Quarter.parse(selection.quarter), Quarter.parse(selection.quarter).year_before
    rows = answers["quarter.headlines"].frame.to_dict("records")
    for row, (about, sentence) in zip(rows, headlines(answers["quarter.headlines"]), strict=True):
        if about not in ("quarter", "year"):
            continue
        mine = _chosen(reports, replace(selection, measure=row["measure"]))
        counts = [
            len(_year(mine, Selection(code))) if about == "year" else int((mine["quarter_code"] == code).sum())
            for code in (now.code, before.code)
        ]
        assert words.label("area_in_sentence", selection.area) in sentence
        if selection.strand != "all":
            assert words.label("strand_in_sentence", selection.strand) in sentence
        assert (now.label if about == "quarter" else f"12 months to {now.ends_on.day}") in sentence
        if row["finding"] in ("mixed", "not_held"):
            assert not re.search(rf"(?<![\w,]){counts[0]:,}(?![\w,/])", sentence.split("12 months")[0])
            continue
        assert re.search(rf"(?<![\w,]){counts[0]:,}(?!\d|,\d)|none|no figure", sentence), sentence
        if row["finding"] in ("no_history", "not_comparable"):
            continue
        days = [now.days, before.days] if about == "quarter" else [_days(now), _days(before)]
        p = _p(counts[0], counts[1], days[0], days[1]) if sum(counts) else 1.0
        # allowing for clusters only ever widens the interval: what is said to be sure must be sure without it too
        assert not _SURE.search(sentence) or p < 0.002, sentence
        assert "Probably" not in sentence or p < 0.05, sentence
        if selection.quarter < "2020-Q1":  # under twelve earlier quarters no clustering is estimated
            assert "could still be chance" not in sentence or p >= 0.05, sentence
            assert "Probably" not in sentence or p >= 0.002, sentence


def _days(last: Quarter) -> int:
    return (last.ends_on - last.plus(-3).starts_on).days + 1


def _places_hold(answers: dict[str, Answer], selection: Selection, viewer: Viewer, build: Build) -> None:
    for question in ("quarter.areas", "quarter.headlines"):
        for sentence in said(answers[question]):
            for name, way, period in re.findall(
                r"([A-Z][A-Za-z ]+?) \((above|below) its usual range in ([^)]+)\)", sentence
            ):
                code = next(code for code in AUTHORITIES if name.endswith(words.label("area_in_sentence", code)))
                measure = (
                    "crime" if question.endswith("headlines") and selection.measure == "all" else selection.measure
                )
                chosen = replace(selection, area=code, measure=measure)
                ask = trends.quarterly if period.startswith("Q") else trends.monthly
                point = ask(chosen, viewer, build).frame.set_index("label").loc[period]
                assert point["value"] > point["upper"] if way == "above" else point["value"] < point["lower"], sentence
    by_rate = answers["places.rates_by_area"]
    if by_rate.withheld is None:
        frame, finding = by_rate.frame, by_rate.finding
        enough = frame[frame["reports"] >= 10]
        assert (finding == "none") == (frame["reports"].sum() == 0)
        assert (finding == "few") == (enough.empty and frame["reports"].sum() > 0)
        if len(enough):
            top = enough.loc[enough["value"].idxmax()]
            assert said(by_rate)[0].count(words.label("area_in_sentence", top["area_code"])) == 1
            assert (finding == "plain") == (len(enough) == 9)
    past = answers["places.own_past"]
    if past.withheld is None:
        for row in past.frame.to_dict("records"):
            named = row["label"] in said(past)[0]
            assert named == (row["verdict_code"] in ("higher", "lower")), said(past)[0]
            assert pd.isna(row["value"]) or min(row["now"], row["before"]) >= 10
    changes = answers["trends.change"]
    if changes.withheld is None:
        told = changes.frame[changes.frame["value"].notna()]
        assert (told[["now", "before"]].min(axis=1) >= 10).all()


def _parts_are_not_told_as_wholes(answers: dict[str, Answer], selection: Selection, build: Build) -> None:
    if Quarter.parse(selection.quarter).plus(-3).starts_on < build.data_from:
        for question in ("strands.groups", "strands.motivating_factors", "places.rates_by_area", "trends.rolling_year"):
            assert answers[question].withheld == "no_window"
    shares = answers["places.share_of_crime"]
    if shares.withheld is None:
        assert (shares.finding == "plain") == (shares.frame["months"] == 12).all()


def _strands_never_add_up(answers: dict[str, Answer]) -> None:
    factors = answers["strands.motivating_factors"]
    if factors.withheld is None:
        assert "all" not in set(factors.frame["strand_code"])
        assert "strands_do_not_add" in factors.notes
        assert _number(factors.facts["factors"]) >= 0
        assert "crimes in all" not in said(factors)[0]


@pytest.mark.parametrize("selection", SHAREABLE, ids=str)
def test_every_shareable_sentence(selection: Selection, viewer: Viewer, shareable: Build) -> None:
    """Rounded figures are never said to rise or fall, nor to be none, nor judged."""
    for ask in COUNTED:
        found = ask(selection, viewer, shareable)
        # the delivery plan's sentence counts outcomes
        spoken = [sentence for sentence in said(found) if not sentence.startswith("Of ")]
        if found.question == "quarter.tiles" and found.withheld is None:
            spoken += tile_sentences(found)
        for sentence in spoken:
            assert not _NEVER.search(sentence), sentence
            assert not _BROKEN.search(sentence), sentence
            assert not _ONE_OF_MANY.search(sentence), sentence
            assert not re.search(r", (up|down) from|, the same as|[Pp]robabl|real (rise|fall)", sentence), sentence
            assert not _SURE.search(sentence), sentence
            if found.withheld is None:
                assert not re.search(r"(?<!or )\b(none|no reports?)\b", sentence, re.IGNORECASE), sentence
        assert "strand_overlap" not in found.notes  # its groups are disjoint


@pytest.mark.parametrize("area", ["llr", "E06000017"])
@pytest.mark.parametrize("code", ["2023-Q1", "2023-Q2"])
@pytest.mark.parametrize("measure", MEASURES)
def test_nothing_is_compared_across_the_cut(
    measure: str, code: str, area: str, viewer: Viewer, restricted: Build, shareable: Build
) -> None:
    selection = Selection(code, area, "all", measure)
    is_cut = measure != "crime"
    for build in (restricted, shareable):
        rolling = trends.rolling_year(selection, viewer, build)
        assert (rolling.finding == "mixed") == is_cut
        assert rolling.frame["value"].isna().iloc[-1] == is_cut
        assert ("not drawn" in said(rolling)[2]) == is_cut
        by_quarter = trends.quarterly(selection, viewer, build)
        assert (by_quarter.finding == "not_comparable") == is_cut
        assert ("not comparable" in said(by_quarter)[2]) == is_cut
        tile = quarter.tiles(selection, viewer, build).frame.set_index("tile_code")
        assert list(tile.loc[["all", "incident"], "verdict_code"]) == ["not_comparable"] * 2
        assert tile.loc["crime", "verdict_code"] != "not_comparable"
        assert tile.loc["all", "reason"].endswith("3 June 2023")
        assert breaks.crossed(measure, area, date(2022, 7, 1), date(2023, 6, 2)) is None
    changes = trends.change(selection, viewer, restricted).frame.set_index(["measure_code", "window_code"])
    assert changes.loc[("incident", "year"), ["now", "before", "value"]].isna().all()
    assert set(changes.loc[["all", "incident"], "verdict_code"]) == {"not_comparable"}
    # who is a repeat victim depends on incidents as well, whatever the measure
    victims = quarter.tiles(selection, viewer, restricted).frame.set_index("tile_code").loc["repeat_victims"]
    assert victims["verdict_code"] == "not_comparable"
    for ask in (trends.monthly, trends.quarterly):
        frame = ask(selection, viewer, restricted).frame
        old, new = frame["ends_on"] < pd.Timestamp(CUT), frame["starts_on"] >= pd.Timestamp(CUT)
        assert not is_cut or not set(frame.loc[old, "segment"]) & set(frame.loc[new, "segment"])
    past = places.own_past(selection, viewer, restricted)
    assert (past.withheld == "not_comparable") == is_cut
    for row in quarter.headlines(selection, viewer, restricted).frame.to_dict("records"):
        if row["about"] in ("quarter", "year") and row["measure"] != "crime":
            assert row["finding"] in ("not_comparable", "mixed")
        if row["about"] == "areas" and row["measure"] != "crime":
            assert row["finding"] == "none_judged"


def test_where_nothing_is_comparable_no_chart_is_drawn(
    viewer: Viewer, restricted: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = breaks.Break(
        date(2023, 5, 2), "cut", (*MEASURES, ELSEWHERE), ("all",), "A new system", "Everything changed."
    )
    monkeypatch.setattr(breaks, "breaks", lambda: (everything,))
    for remembered in (_change.of_quarter, _change.of_year):
        remembered.cache_clear()
    try:
        found = trends.change(Selection("2023-Q2", "llr", "all", "crime"), viewer, restricted)
    finally:
        for remembered in (_change.of_quarter, _change.of_year):
            remembered.cache_clear()
    assert found.withheld == "not_comparable"


@pytest.mark.parametrize("code", ["2017-Q1", "2017-Q4", "2018-Q1"])
def test_the_first_quarters_say_what_is_not_held(code: str, viewer: Viewer, restricted: Build) -> None:
    selection = Selection(code, measure="crime")
    told = dict(headlines(quarter.headlines(selection, viewer, restricted)))
    assert ("No figure is held" in told["quarter"]) == (code < "2018-Q1")
    assert ("not all held" in told["year"]) == (code == "2017-Q1")
    tiles = quarter.tiles(selection, viewer, restricted).frame.set_index("tile_code")
    assert (tiles.loc["repeat_victims", "value_said"] == "Not available") == (code < "2018-Q1")
    months = len(trends.monthly(selection, viewer, restricted).frame)
    assert f"Last {months} months" in " ".join(tile_sentences(quarter.tiles(selection, viewer, restricted)))


def _months(values: list[int]) -> pd.DataFrame:
    starts = pd.date_range("2020-01-01", periods=len(values), freq="MS")
    return pd.DataFrame(
        {
            "starts_on": starts, "ends_on": starts + pd.offsets.MonthEnd(0), "value": values, "is_provisional": False,
            "label": starts.strftime("%B %Y"),
            "quarter_code": [Quarter.of(day.date()).code for day in starts],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("latest", "code"),
    [
        ([90], "above"),
        ([22, 23, 22, 23, 22, 23, 22], "run_above"),  # seven above the average, none outside the range
        ([32, 31, 30, 28, 27, 26, 25], "falling"),  # falling, though still above the average
        ([20], "within"),
    ],
)
def test_only_a_point_outside_the_range_is_called_outside_it(latest: list[int], code: str) -> None:
    frame = _months([12, 28, 14, 26] * 6 + latest)
    series = _series.judged(frame, Selection("2022-Q1", measure="crime"), "month")
    found = _series.standing(series, frame["quarter_code"].iloc[-1])
    assert found.code == code
    assert found.is_unusual == (code != "within")


def test_a_quarter_recorded_both_ways_is_like_neither_neighbour() -> None:
    quarters = [Quarter.parse("2022-Q4").plus(step) for step in range(3)]
    starts, ends = [one.starts_on for one in quarters], [one.ends_on for one in quarters]
    assert breaks.cut_positions("incident", "llr", starts, ends) == (1, 2)
    assert breaks.cut_positions("crime", "llr", starts, ends) == ()
    # June 2023 has two days of the old recording and belongs to the new
    months = [date(2023, month, 1) for month in (5, 6, 7)]
    assert breaks.cut_positions(
        "incident", "llr", months, [date(2023, 5, 31), date(2023, 6, 30), date(2023, 7, 31)]
    ) == (1,)


def test_a_share_is_more_than_chance_only_beyond_the_flagging_confidence() -> None:
    assert _change.of_share((36, 100), (18, 100)) == "probably_higher"  # the 95% intervals do not overlap; not enough
    assert _change.of_share((60, 100), (18, 100)) == "higher"
    assert _change.of_share((18, 100), (60, 100)) == "lower"
    assert _change.of_share((20, 100), (18, 100)) == "could_be_chance"
    assert _change.of_share((10, 50), (20, 100)) == "same"


def test_repeat_victims_are_compared_only_where_their_look_back_is_one_recording() -> None:
    assert _change.of_repeat_victims(9, 5, Selection("2022-Q2", measure="crime"), 12) == ("could_be_chance", "")
    for code in ("2023-Q1", "2023-Q2", "2024-Q2", "2025-Q1"):  # the last looks back from April 2024 to April 2023
        assert _change.of_repeat_victims(9, 5, Selection(code, measure="crime"), 12)[0] == "not_comparable"
    assert _change.of_repeat_victims(9, 5, Selection("2025-Q2", measure="crime"), 12)[0] == "could_be_chance"


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(0, 12, "0%"), (1, 900, "under 1%"), (899, 900, "over 99%"), (9, 9, "100%")]
)
def test_a_share_says_nothing_or_everything_only_when_it_is(part: int, whole: int, text: str) -> None:
    assert _ask.share(part, whole) == text


def test_places_with_fewer_than_ten_reports_do_not_hide_the_others(
    viewer: Viewer, restricted: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame(
        {
            "area_code": ["E06000017", "E06000016"], "position": [1, 2], "reports": [9, 40], "cells": [4, 4],
            "population": [41_000, 370_000], "population_year": [2021, 2021], "label": ["Rutland", "Leicester"],
        }
    )  # fmt: skip
    # nine reports in Rutland are a higher rate than forty in Leicester, and say nothing of Leicester's count
    monkeypatch.setattr(places, "_twelve_months", lambda *_: frame)
    told = places.rates_by_area(Selection("2022-Q4", measure="crime"), viewer, restricted)
    assert said(told)[0].startswith("Of the authorities with ten reports or more, Leicester")


def test_an_extract_that_broke_no_rule_is_still_the_latest(tmp_path: Path, viewer: Viewer, restricted: Build) -> None:
    path = tmp_path / "restricted.duckdb"
    with duckdb.connect(str(path)) as mart:
        mart.execute(
            "create table load (load_id integer, provider varchar, is_open boolean, extracted_on date, records integer)"
        )
        mart.execute("create table load_rule (load_id integer, rule_code varchar, severity varchar, records integer)")
        mart.execute(
            "insert into load values (2, 'police', false, '2023-01-05', 90), (1, 'police', false, '2023-04-05', 95)"
        )
        mart.execute(
            "insert into load values (3, 'open', true, '2023-05-05', 9), (4, 'council', false, '2023-05-06', 9)"
        )
        # corrected in the extract taken later, though that was loaded first
        mart.execute("insert into load_rule values (2, 'duplicate_id', 'quarantine', 7)")
    told = quality.rules(Selection("2022-Q4"), viewer, replace(restricted, path=path))
    assert list(told.frame[["value", "before"]].iloc[0]) == [0, 7]
    assert said(told)[0] == "The latest extract broke no rule"


def test_ties_are_named_together(viewer: Viewer, restricted: Build) -> None:
    """`Most often` never names one of two that are equal."""
    for selection in some("restricted", 25, 21):
        found = strands.religion_targeted(selection, viewer, restricted)
        if found.withheld or found.finding not in ("plain", "tied"):
            continue
        known = found.frame[found.frame["religion_code"] != "not_known"]
        tops = known.loc[known["value"] == known["value"].max(), "label"]
        assert all(label in said(found)[0] for label in tops)
        assert (found.finding == "tied") == (len(tops) > 1)
