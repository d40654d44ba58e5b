"""Protected counts equal the reference, and the attacks that break other schemes find nothing in this one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.protection import CELL_COLUMNS, PublicTotal, audit, cell, offset, protect, shown, vintage_candidates

Vectors = Callable[[str], dict[str, Any]]
REFERENCE_KEY = b"test-key-not-a-real-secret"
KEY = b"a key made in this test"
AREAS = ("E06000016", "E06000017", "E07000129", "E07000130", "E07000131", "E07000132", "E07000133", "E07000134",
         "E07000135")  # fmt: skip
GROUPS = ("race", "religion", "disability", "transgender", "multiple")
Shown = Callable[[frozenset[str]], int | None]


def cube(seed: int = 1, quarters: tuple[str, ...] = ("2022-Q4",)) -> pd.DataFrame:
    """An invented cube: Leicester large, Rutland small, many cells of 1 to 4."""
    rng = np.random.default_rng(seed)
    rows = list(itertools.product(("crime", "incident"), AREAS, GROUPS, quarters))
    frame = pd.DataFrame(rows, columns=list(CELL_COLUMNS))
    means = frame["area_code"].map(dict(zip(AREAS, (40, 1, 3, 9, 2, 4, 1, 3, 2), strict=True)))
    return frame.assign(reports=rng.poisson(means))


def differencing(answer: Shown, true: Mapping[str, int]) -> list[str]:
    """The attack: ask for every selection of areas, subtract those that differ by one area.

    A cell leaks when its differences are not all one and the same, or when one is no multiple of 5: then the number
    on screen depends on how one got there, which tells about the true count. Returns the cells that leak.
    """
    leaked = []
    for area in true:
        others = [other for other in true if other != area]
        differences = set()
        for size in range(len(others) + 1):
            for chosen in itertools.combinations(others, size):
                without, with_it = answer(frozenset(chosen)), answer(frozenset([*chosen, area]))
                if without is not None and with_it is not None:
                    differences.add(with_it - without)
        if len(differences) != 1 or any(difference % 5 for difference in differences):
            leaked.append(area)
    return leaked


STRAND_QUARTER = {
    "E06000016": 37, "E06000017": 1, "E07000129": 3, "E07000130": 9, "E07000131": 2, "E07000132": 4,
    "E07000133": 1, "E07000134": 3, "E07000135": 2,
}  # fmt: skip


def test_offsets_and_shown_counts_equal_the_reference(vectors: Vectors) -> None:
    for row in vectors("f_rounding_vectors")["rows"]:
        by = offset(REFERENCE_KEY, row["cell"])
        assert by == row["u"]
        assert [shown(count, by) for count in range(13)] == row["display"]


def test_a_cell_watched_through_releases_equals_the_reference(vectors: Vectors) -> None:
    for row in vectors("f_rounding_vectors")["vintage"]:
        counts = row["x0"] + np.arange(len(row["path"]))
        assert shown(counts, np.full_like(counts, row["offset"])).tolist() == row["path"]
        assert vintage_candidates(row["path"]) == row["candidates"]


@pytest.mark.parametrize("first", [1, 2, 3, 4])
@pytest.mark.parametrize("by", range(5))
def test_a_reader_who_knows_every_revision_is_left_with_two_first_counts_at_least(first: int, by: int) -> None:
    counts = first + np.arange(12)
    candidates = vintage_candidates(shown(counts, np.full_like(counts, by)).tolist())
    assert first in candidates
    assert len(candidates) >= 2
    assert vintage_candidates([shown(first, by)] * 5, [0] * 4) == vintage_candidates([shown(first, by)])


def test_the_name_of_a_cell_is_frozen() -> None:
    assert cell("crime", "E07000130", "race", "2022-Q4") == "crime|E07000130|race|2022-Q4"
    # pinned: another offset for this key would be a redrawn cube
    assert offset(REFERENCE_KEY, "E07000130|race|2024-Q1") == 3


@pytest.mark.parametrize("base", [3, 5, 10])
@pytest.mark.parametrize("count", range(11))
def test_shown_counts_are_right_on_average_and_near_always(count: int, base: int) -> None:
    over_offsets = [shown(count, by, base) for by in range(base)]
    assert sum(over_offsets) == base * count
    assert all(value % base == 0 and abs(value - count) < base for value in over_offsets)
    assert count > 0 or set(over_offsets) == {0}


def test_differencing_finds_nothing_when_protected_cells_are_added() -> None:
    protected = {
        area: shown(count, offset(KEY, cell("crime", area, "race", "2022-Q4")))
        for area, count in STRAND_QUARTER.items()
    }
    assert differencing(lambda chosen: sum(protected[area] for area in chosen), STRAND_QUARTER) == []


def test_differencing_breaks_rounding_each_answer() -> None:
    def nearest_five(chosen: frozenset[str]) -> int:
        return 5 * round(sum(STRAND_QUARTER[area] for area in chosen) / 5)

    assert len(differencing(nearest_five, STRAND_QUARTER)) >= 7


def test_differencing_breaks_hiding_small_answers() -> None:
    def hidden_under_five(chosen: frozenset[str]) -> int | None:
        total = sum(STRAND_QUARTER[area] for area in chosen)
        return None if 0 < total < 5 else total

    assert len(differencing(hidden_under_five, STRAND_QUARTER)) == 9


filters = st.fixed_dictionaries(
    {
        "measure_code": st.sets(st.sampled_from(["crime", "incident"]), min_size=1),
        "area_code": st.sets(st.sampled_from(AREAS), min_size=1),
        "group_code": st.sets(st.sampled_from(GROUPS), min_size=1),
    }
)


def _on_screen(protected: pd.DataFrame, chosen: dict[str, set[str]]) -> int:
    is_chosen = np.logical_and.reduce([protected[name].isin(codes) for name, codes in chosen.items()])
    return int(protected.loc[is_chosen, "reports"].sum())


@given(filters, st.sampled_from(AREAS))
def test_what_a_filter_shows_is_the_sum_of_its_cells_and_of_its_parts(chosen: dict[str, set[str]], area: str) -> None:
    protected = protect(cube(), KEY)
    whole = _on_screen(protected, chosen)
    assert whole % 5 == 0
    inside = {**chosen, "area_code": chosen["area_code"] & {area}}
    outside = {**chosen, "area_code": chosen["area_code"] - {area}}
    assert whole == _on_screen(protected, inside) + _on_screen(protected, outside)


def test_an_unchanged_cell_never_changes_its_display() -> None:
    first, later = cube(1), cube(2)
    later.loc[::2, "reports"] = first.loc[::2, "reports"]
    one, other = protect(first, KEY), protect(later.sample(frac=1, random_state=1), KEY).sort_index()
    assert one.loc[::2, "reports"].equals(other.loc[::2, "reports"])


def test_another_key_gives_another_cube() -> None:
    assert not protect(cube(), KEY).equals(protect(cube(), b"another"))


def test_offsets_are_spread_evenly() -> None:
    offsets = [
        offset(KEY, f"crime|E07000130|race|{year}-Q{quarter}") for year in range(1000, 2000) for quarter in (1, 2)
    ]
    assert min(np.bincount(offsets, minlength=5)) > 340  # 400 expected, standard deviation 18


def test_the_audit_passes_the_protected_cube() -> None:
    true = cube(quarters=("2022-Q3", "2022-Q4"))
    assert audit(protect(true, KEY), true.sample(frac=1, random_state=1)).empty


def test_the_audit_finds_nothing_in_a_cube_without_a_cell() -> None:
    # As an empty table comes off a disk: text in no chunk at all.
    text = pa.chunked_array([], pa.string())
    counts = pa.chunked_array([], pa.int64())
    empty = pa.table({**dict.fromkeys(CELL_COLUMNS, text), "reports": counts}).to_pandas()
    assert audit(protect(empty, KEY), empty).empty


def test_the_audit_passes_with_force_totals_known() -> None:
    true = cube()
    protected = protect(true, KEY)
    totals = [
        PublicTotal(f"{measure} {group}", rows.tolist(), int(true.loc[rows, "reports"].sum()))
        for (measure, group), rows in true.groupby(["measure_code", "group_code"]).groups.items()
    ]
    assert audit(protected, true, totals).empty


def test_the_audit_fails_when_a_total_gives_a_cell_away() -> None:
    # three cells whose total is the most the shown cells allow: each must be at its upper bound
    true = pd.DataFrame(
        [("crime", area, "race", "2022-Q4", 4) for area in AREAS[:3]], columns=[*CELL_COLUMNS, "reports"]
    )
    protected = true.assign(reports=0)
    found = audit(protected, true, [PublicTotal("all", [0, 1, 2], 12)])
    assert found["reason"].tolist() == ["recoverable"] * 3
    assert found["low"].tolist() == found["high"].tolist() == [4, 4, 4]


def test_overlapping_totals_are_bounded_by_an_integer_programme() -> None:
    true = pd.DataFrame(
        [
            ("crime", area, group, "2022-Q4", count)
            for (area, group), count in zip(
                itertools.product(AREAS[:2], ("race", "religion")), (4, 20, 30, 0), strict=True
            )
        ],
        columns=[*CELL_COLUMNS, "reports"],
    )
    protected = true.assign(reports=[0, 20, 30, 0])
    # the first row adds to 24 and the first column to 34: the cell of 4 is then at least 24 - 24 and 34 - 34
    loose = [PublicTotal("row", [0, 1], 24), PublicTotal("column", [0, 2], 34)]
    assert audit(protected, true, loose).empty
    tight = [PublicTotal("row", [0, 1], 28), PublicTotal("column", [0, 2], 34)]
    given_away = true.assign(reports=[4, 24, 30, 0])
    assert audit(protected, given_away, tight)["reason"].tolist() == ["recoverable"]


def test_the_audit_fails_a_cube_that_was_not_protected() -> None:
    true = cube()
    assert "not_a_multiple" in set(audit(true, true)["reason"])
    far = true.assign(reports=true["reports"] // 5 * 5 + 10)
    assert set(audit(far, true)["reason"]) >= {"too_far"}
    assert audit(protect(true, KEY).iloc[1:], true)["reason"].tolist() == ["cells_differ"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda: offset(b"", "crime|E07000130|race|2022-Q4"), "key"),
        (lambda: offset(KEY, "crime|E07000130|race|2022-Q4", 1), "base"),
        (lambda: protect(pd.concat([cube(), cube()]), KEY), "only once"),
        (lambda: protect(cube().assign(reports=-1), KEY), "negative"),
        (lambda: protect(cube().assign(reports=1.5), KEY), "whole"),
        (lambda: vintage_candidates([0, 5], [1, 1]), "increments"),
        (lambda: audit(protect(cube(), KEY), cube(), [PublicTotal("one", [0], 10_000)]), "do not fit"),
    ],
)
def test_what_would_undo_protection_is_refused(wrong: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        wrong()


@settings(max_examples=50)
@given(st.integers(0, 60), st.text(min_size=1, max_size=20), st.sampled_from([3, 5, 10]))
def test_every_true_count_lies_within_what_is_shown(count: int, name: str, base: int) -> None:
    value = shown(count, offset(KEY, name, base), base)
    assert max(0, value - base + 1) <= count <= value + base - 1
