"""Figures draw the columns they were given: a gap is a gap, a break is a break, nothing missing is zero."""

from __future__ import annotations

from datetime import date
from urllib.parse import unquote

import numpy as np
import pandas as pd

from tests.ui.conftest import MakeAnswer
from ui import charts, pictures, theme


def _months(values: list[float], **columns: object) -> pd.DataFrame:
    days = pd.date_range("2023-01-01", periods=len(values), freq="MS")
    labels = [f"{day:%B %Y}" for day in days]
    return pd.DataFrame({"starts_on": days, "label": labels, "value": values, **columns})


def _lines(figure: object) -> list[object]:
    return [trace for trace in figure.data if trace.mode == "lines+markers"]  # type: ignore[attr-defined]


def test_a_line_is_broken_between_segments(make_answer: MakeAnswer) -> None:
    figure = charts.series(make_answer(_months([10, 11, 5, 6], segment=[0, 0, 1, 1])))
    assert list(_lines(figure)[0].y) == [10, 11, None, 5, 6]


def test_a_missing_value_is_a_gap_and_not_zero(make_answer: MakeAnswer) -> None:
    figure = charts.series(make_answer(_months([10, np.nan, 12])))
    line = _lines(figure)[0]
    assert list(line.y) == [10, None, 12]
    assert line.connectgaps is False


def test_provisional_months_are_hollow_and_dashed(make_answer: MakeAnswer) -> None:
    solid, dashed = _lines(charts.series(make_answer(_months([10, 11, 12], is_provisional=[False, False, True]))))
    assert list(solid.y) == [10, 11]
    assert list(dashed.y) == [11, 12]
    assert dashed.line.dash
    assert dashed.marker.color == theme.PAPER


def test_a_usual_range_is_drawn_only_where_there_is_one(make_answer: MakeAnswer) -> None:
    nothing = [np.nan] * 3
    refused = _months([1, 2, 3], lower=nothing, upper=nothing, centre=nothing, signal=[""] * 3)
    assert len(charts.series(make_answer(refused)).data) == 1
    given = _months([1, 2, 3], lower=[0.5] * 3, upper=[4.5] * 3, centre=[2.5] * 3, signal=["", "", "outside"])
    figure = charts.series(make_answer(given))
    assert [trace.fill for trace in figure.data if trace.fill] == ["tonexty"]
    assert [trace.marker.symbol for trace in figure.data if trace.mode == "markers"] == ["diamond"]


def test_a_point_on_trial_is_not_marked_as_a_signal(make_answer: MakeAnswer) -> None:
    frame = _months([1, 2, 3], lower=[0.5] * 3, upper=[4.5] * 3, centre=[2.5] * 3, signal=["trial"] * 3)
    figure = charts.series(make_answer(frame))
    assert not [trace for trace in figure.data if trace.mode == "markers"]


def test_marks_are_lettered_and_their_key_says_what_they_are(make_answer: MakeAnswer) -> None:
    marks = [
        {
            "on": date(2023, 2, 1),
            "told": "1 to 20 February 2023",
            "to": date(2023, 2, 20),
            "title": "Disorder",
            "kind": "event",
        },
        {"on": date(2023, 3, 1), "told": "1 March 2023", "to": None, "title": "Code of practice", "kind": "cut"},
    ]
    answer = make_answer(_months([1, 2, 3]), marks=marks)
    figure = charts.series(answer)
    assert [shape.type for shape in figure.layout.shapes] == ["rect", "line"]
    assert [one.text for one in figure.layout.annotations if one.yref == "paper"] == ["<b>A</b>", "<b>B</b>"]
    key = charts.captions.marks(answer)
    assert "coincident" in key[0]
    assert key[1].startswith("B: Code of practice, 1 March 2023")


def test_lines_of_several_strands_are_named_at_their_ends(make_answer: MakeAnswer) -> None:
    frame = pd.concat([_months([1, 2], series_code="race"), _months([3, 4], series_code="disability")])
    figure = charts.series(make_answer(frame))
    ends = [one.text for one in figure.layout.annotations]
    assert any("Race" in text for text in ends)
    assert any("Disability" in text for text in ends)


def test_bars_start_from_zero_and_say_their_values(make_answer: MakeAnswer) -> None:
    figure = charts.bars(make_answer(pd.DataFrame({"label": ["Blaby", "Melton"], "value": [30.0, np.nan]})))
    assert figure.layout.xaxis.range[0] == 0
    assert list(figure.data[0].text) == ["30", "Not available"]
    assert list(figure.data[0].x) == [30.0, None]


def test_bars_without_any_interval_draw_none(make_answer: MakeAnswer) -> None:
    frame = pd.DataFrame({"label": ["Blaby"], "value": [3.0], "low": [np.nan], "high": [np.nan]})
    assert charts.bars(make_answer(frame)).data[0].error_x.array is None


def test_a_change_that_cannot_be_compared_has_words_and_no_dot(make_answer: MakeAnswer) -> None:
    frame = pd.DataFrame(
        {
            "label": ["Crimes", "Incidents"],
            "value": [9.0, np.nan],
            "low": [-4.0, np.nan],
            "high": [20.0, np.nan],
            "verdict": ["could still be chance", "not comparable"],
        }
    )
    dots, texts = charts.intervals(make_answer(frame, unit="percent")).data
    assert list(dots.x) == [9.0, None]
    assert [text.strip() for text in texts.text] == ["+9.0%", "not comparable"]


def test_where_no_change_can_be_told_as_a_percentage_there_is_no_scale_to_read(make_answer: MakeAnswer) -> None:
    frame = pd.DataFrame(
        {"label": ["Crimes", "Incidents"], "value": [np.nan] * 2, "low": [np.nan] * 2, "high": [np.nan] * 2}
        | {"text": ["3, from 5", "not comparable"]}
    )
    figure = charts.intervals(make_answer(frame, unit="percent"))
    assert not figure.layout.xaxis.showticklabels
    assert not figure.layout.xaxis.showgrid
    assert not figure.layout.shapes
    assert [text.strip() for text in figure.data[1].text] == ["3, from 5", "not comparable"]


def test_small_multiples_share_one_scale_in_one_figure(make_answer: MakeAnswer) -> None:
    frame = pd.concat([_months([1, 2], panel="Blaby"), _months([30, 40], panel="Leicester")])
    figure = charts.multiples(make_answer(frame))
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert [one.text.split("<br>") for one in figure.layout.annotations] == [
        ["Blaby", "<b>2</b>"],
        ["Leicester", "<b>40</b>"],
    ]


def test_a_withheld_cell_of_a_grid_looks_withheld_and_not_zero(make_answer: MakeAnswer) -> None:
    frame = pd.DataFrame(
        {"row": ["a", "a", "b", "b"], "column": ["a", "b", "a", "b"], "value": [np.nan, 0, np.nan, np.nan]}
    )
    figure = charts.matrix(make_answer(frame))
    assert [list(row) for row in figure.data[0].z] == [[None, 0.0], [None, None]]
    assert [one.text for one in figure.layout.annotations] == ["", "0", "Not available", ""]


def test_each_number_of_a_grid_stands_in_its_own_cell(make_answer: MakeAnswer) -> None:
    names = ["Race", "Religion", "Disability"]
    frame = pd.DataFrame(
        [
            {"row": row, "column": column, "value": 10 * names.index(row) + names.index(column)}
            for row in names
            for column in names
        ]
    )
    figure = charts.matrix(make_answer(frame))
    cells = {(one.y, one.x): one.text for one in figure.layout.annotations}
    grid = figure.data[0].z
    for row in range(3):
        for column in range(3):
            # a position is an index: "1" as a heading would be read as the second column
            assert cells[row, column] == ("" if row == column else f"{grid[row][column]:.0f}")


def test_a_sparkline_breaks_where_a_value_is_missing_and_says_itself() -> None:
    image = charts.sparkline([1, 2, float("nan"), 4, 5], label='Line "of" five')
    assert 'alt="Line &quot;of&quot; five"' in image
    assert unquote(image).count('fill="none"') == 2
    assert charts.sparkline([1]) == ""


def test_a_picture_carries_its_words(make_answer: MakeAnswer) -> None:
    answer = make_answer(_months([1, 2, 3]), notes=("cut",))
    said = " ".join(one.text for one in pictures.stamped(charts.series(answer), answer).layout.annotations)
    for part in (
        "Charnwood has 45",
        "Reports, Charnwood",
        "by date recorded",
        "build 3",
        "OFFICIAL-SENSITIVE",
        "made-up",
    ):
        assert part in said
    assert "not comparable" in said


def test_a_figure_the_camera_takes_carries_its_provenance(make_answer: MakeAnswer) -> None:
    answer = make_answer(_months([1, 2, 3]))
    said = pictures.signed(charts.series(answer), answer).layout.annotations[-1].text.replace("<br>", " ")
    assert "Charnwood" in said
    assert "OFFICIAL-SENSITIVE" in said


def test_an_axis_of_small_counts_has_whole_ticks_and_no_axis_rounds_its_ticks(make_answer: MakeAnswer) -> None:
    frame = pd.DataFrame(
        {"starts_on": pd.date_range("2023-04-01", periods=3, freq="MS"), "label": ["a", "b", "c"], "value": [0, 1, 0]}
    )
    small = charts.series(make_answer(frame)).layout.yaxis
    assert small.dtick == 1
    assert small.tickformat == ",~r"
    assert charts.series(make_answer(frame.assign(value=[400, 1200, 800]))).layout.yaxis.dtick is None


def test_more_marks_than_letters_of_the_alphabet_have_a_letter_each(make_answer: MakeAnswer) -> None:
    months = _months([1.0] * 60)
    marks = [
        {"on": day.date(), "told": f"{day:%B %Y}", "to": None, "title": f"Change {at}", "kind": "note"}
        for at, day in enumerate(months["starts_on"][:55])
    ]
    answer = make_answer(months, marks=marks)
    figure = charts.series(answer)
    drawn = [one.text for one in figure.layout.annotations if one.yref == "paper"]
    key = charts.captions.marks(answer)
    assert len(drawn) == len(set(drawn)) == len(key) == 55
    assert (drawn[25], drawn[26], drawn[54]) == ("<b>Z</b>", "<b>AA</b>", "<b>BC</b>")
    assert [one.partition(":")[0] for one in key] == [text.strip("</b>") for text in drawn]


def _cohorts(**columns: list[object]) -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            {"label": quarter, "part": part, "value": value}
            for quarter, values in (("Q1", (60, 30, 10)), ("Q2 (immature)", (5, 0, 70)))
            for part, value in zip(("Charged", "No suspect", "Not yet assigned"), values, strict=True)
        ]
    )
    return frame.assign(**columns)


def test_a_stacked_bar_holds_every_part_in_order_and_says_its_whole(make_answer: MakeAnswer) -> None:
    figure = charts.stacked(make_answer(_cohorts()))
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert figure.layout.barmode == "stack"
    assert [trace.name for trace in bars] == ["Charged", "No suspect", "Not yet assigned"]
    drawn = {trace.name: dict(zip(trace.y, trace.x, strict=True)) for trace in bars}
    assert [sum(drawn[name][label] for name in drawn) for label in ("Q1", "Q2 (immature)")] == [100, 75]
    wholes = figure.data[-1]
    assert [text.strip("\u2002") for text in wholes.text] == ["<b>100</b>", "<b>75</b>"]
    # a number stands in its part only where there is room, and a part of none has no number
    assert list(bars[0].text) == ["60", ""]
    assert list(bars[1].text) == ["30", ""]


def test_an_unfinished_stacked_bar_is_grey_and_the_key_keeps_the_finished_colours(make_answer: MakeAnswer) -> None:
    unfinished = [False] * 3 + [True] * 3
    bars = [
        trace for trace in charts.stacked(make_answer(_cohorts(is_immature=unfinished))).data if trace.type == "bar"
    ]
    finished, grey = bars[::2], bars[1::2]
    assert [trace.name for trace in finished] == [trace.name for trace in grey]
    assert [trace.marker.color for trace in finished] == list(theme.SEQUENTIAL[:-4:-1])
    assert [trace.marker.color for trace in grey] == list(theme.GREYS[:-4:-1])
    assert all(trace.showlegend for trace in finished)
    assert not any(trace.showlegend for trace in grey)
    alone = charts.stacked(make_answer(_cohorts(is_immature=[True] * 6)))
    assert all(trace.showlegend for trace in alone.data if trace.type == "bar"), "with no other there is still a key"


def test_parts_of_a_stacked_bar_are_told_apart_in_greyscale(make_answer: MakeAnswer) -> None:
    """Each step is lighter than the one before it, in colour and in grey, and the last beyond the steps is hatched."""

    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    names = [f"Part {step}" for step in range(len(theme.SEQUENTIAL) + 1)]
    frame = pd.DataFrame({"label": "Q1", "part": names, "value": 10})
    for is_immature in (False, True):
        bars = charts.stacked(make_answer(frame.assign(is_immature=is_immature))).data[:-1]
        steps = [lightness(trace.marker.color) for trace in bars]
        assert steps == sorted(steps)
        assert min(np.diff(steps)[:-1]) > 15
        assert bars[-1].marker.pattern.shape == "/"


def test_what_is_not_finished_is_grey_and_never_the_value_beside_the_line(make_answer: MakeAnswer) -> None:
    frame = _months([10, 11, 3], series_code="race", is_immature=[False, False, True])
    figure = charts.series(make_answer(frame))
    solid, dashed = _lines(figure)
    assert list(solid.y) == [10, 11]
    assert dashed.line.color == theme.CONTEXT
    assert list(dashed.marker.size) == [0, 8], "the dashes begin at the last finished point, which keeps its own marker"
    label = figure.layout.annotations[0]
    assert label.text.startswith("<b>11</b> Race")
    assert label.y == 11
    assert label.x > frame["starts_on"].iloc[1].to_pydatetime(), "beside the unfinished point, not over it"
    bars = charts.bars(make_answer(pd.DataFrame({"label": ["a", "b"], "value": [1, 2], "is_immature": [False, True]})))
    assert list(bars.data[0].marker.color) == [theme.DATA, theme.CONTEXT]


def test_bars_are_read_against_their_target(make_answer: MakeAnswer) -> None:
    frame = pd.DataFrame({"label": ["Q1"], "value": [40.0]})
    assert not charts.bars(make_answer(frame, unit="percent")).layout.shapes
    figure = charts.bars(make_answer(frame, unit="percent", reference=90))
    line = figure.layout.shapes[0]
    assert (line.x0, line.x1) == (90, 90)
    assert line.line.dash
    assert figure.layout.xaxis.range[1] > 90, "a target beyond the bars is on the chart"
