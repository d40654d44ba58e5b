"""What the address asks for becomes a selection this build has, or a sentence saying why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.model import Selection
from ui import filters


@dataclass(frozen=True)
class Offered:
    quarters: tuple[str, ...] = ("2023-Q2", "2023-Q1")
    areas: tuple[str, ...] = ("llr", "E07000130")
    strands: tuple[str, ...] = ("all", "race")
    measures: tuple[str, ...] = ("all", "crime", "incident")


NOTHING = dict.fromkeys((*filters.FILTERS, *filters.AS_AT), "")
TODAY = date(2023, 10, 11)


def test_a_silent_address_means_hate_crimes_of_every_strand_in_llr_in_the_latest_quarter() -> None:
    assert filters.selection(NOTHING, Offered(), TODAY) == (Selection("2023-Q2", "llr", "all", "crime"), [])


def test_codes_in_the_address_are_the_selection() -> None:
    asked = NOTHING | {"quarter": "2023-Q1", "area": "E07000130", "strand": "race", "measure": "crime"}
    assert filters.selection(asked, Offered(), TODAY) == (Selection("2023-Q1", "E07000130", "race", "crime"), [])


@given(st.sampled_from(filters.FILTERS), st.text(min_size=1, max_size=60))
def test_what_this_build_does_not_have_is_said_and_never_shown(name: str, code: str) -> None:
    offered = Offered()
    chosen, notices = filters.selection(NOTHING | {name: code}, offered, TODAY)
    known = code in getattr(offered, f"{name}s")
    assert getattr(chosen, name) in getattr(offered, f"{name}s")
    assert len(notices) == (0 if known else 1)


def test_a_day_in_the_address_is_the_day_that_is_read() -> None:
    for code in ("2023-07-20", "2023-10-11"):
        chosen, notices = filters.selection(NOTHING | {"as_at": code}, Offered(), TODAY)
        assert (chosen.as_at, notices) == (code, [])


@given(st.one_of(st.text(min_size=1, max_size=60), st.dates(date(2023, 10, 12)).map(str), st.just("20230720")))
def test_a_day_that_is_none_or_still_to_come_is_said_and_never_read(code: str) -> None:
    chosen, notices = filters.selection(NOTHING | {"as_at": code}, Offered(), TODAY)
    assert chosen.as_at == ""
    assert len(notices) == 1
    assert code[:40] in notices[0]
