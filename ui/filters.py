"""The filter bar: quarter, area, strand, measure; chosen once, kept in the address, the same on every page.

The address holds codes (`?area=E07000130`), so that a link means the same after a label is reworded. Streamlit writes
a bound widget's *label* to the address, so each choice is kept in a bound text field that is never drawn, and the
select box only shows it. Streamlit then carries the codes through navigation, the back button and shared links.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Protocol
from urllib.parse import urlencode

import streamlit as st

from core import words
from core.model import Build, Selection
from core.periods import Quarter, day

FILTERS = ("quarter", "area", "strand", "measure")
AS_AT = ("build", "as_at")
"""What else the address holds: which build is read, and the day at whose end what people wrote is read."""

_DEFAULTS = {"area": "llr", "strand": "all", "measure": "crime"}


class Options(Protocol):
    """The codes each filter may offer, in order; the latest complete quarter is first."""

    @property
    def quarters(self) -> tuple[str, ...]: ...
    @property
    def areas(self) -> tuple[str, ...]: ...
    @property
    def strands(self) -> tuple[str, ...]: ...
    @property
    def measures(self) -> tuple[str, ...]: ...


def address() -> dict[str, str]:
    """Draw the fields that tie the address to the choices; returns what the address asks for, '' where it is silent."""
    with st.container(key="address", gap=None):
        return {
            name: st.text_input(name, key=name, bind="query-params", label_visibility="collapsed")
            for name in (*FILTERS, *AS_AT)
        }


def link(asked: Mapping[str, str], build: str, as_at: str) -> str:
    """The address of this page with what was asked for kept, read as at `build` ('' for the live one) and `as_at`.

    Filters of a page's own are kept as they stand in the address.

    Args:
        as_at: the day at whose end what people wrote is read, '' for now.
    """
    others = {name: code for name, code in st.query_params.items() if name not in (*FILTERS, *AS_AT)}
    chosen = {name: asked[name] for name in FILTERS if asked.get(name)}
    moment = {name: code for name, code in zip(AS_AT, (build, as_at), strict=True) if code}
    return "?" + urlencode(others | chosen | moment)


def choose(name: str, code: str) -> None:
    """Set one choice from a callback: the filter, the address and every page follow."""
    st.session_state[name] = code


def selection(asked: Mapping[str, str], options: Options, today: date) -> tuple[Selection, list[str]]:
    """The selection the address asks for, and one sentence for each part of it that cannot be had."""
    offered = _offered(options)
    chosen, notices = {}, []
    for name in FILTERS:
        default = _DEFAULTS.get(name, offered[name][0])
        code = asked[name] or default
        if code not in offered[name]:
            notices.append(_unknown(name, code, default))
            code = default
        chosen[name] = code
    as_at = asked["as_at"]
    on = day(as_at)
    if as_at and (on is None or on > today):
        notices.append(words.say("frame", "unknown_day" if on is None else "future_day", code=as_at[:40]))
        as_at = ""
    return Selection(**chosen, as_at=as_at), notices


def bar(chosen: Selection, options: Options, build: Build) -> None:
    """Draw the filter bar, showing the selection."""
    offered = _offered(options)
    with st.container(key="filters", horizontal=True, gap="small"):
        for name in FILTERS:
            box = f"choose_{name}"
            st.session_state[box] = getattr(chosen, name)
            st.selectbox(
                words.say("frame", "filter", name),
                offered[name],
                format_func=_label(name, build),
                key=box,
                on_change=_follow,
                args=(name,),
            )


def narrow(page: str, choices: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Filters of one page, kept in the address beside the others: what was chosen by name, '' for all.

    Args:
        page: whose words to use: config/text/<page>.toml [texts.filter], `all` and one per name.
        choices: name -> code -> words, in the order they are offered.
    """
    with st.container(key="address_page", gap=None):
        asked = {
            name: st.text_input(name, key=name, bind="query-params", label_visibility="collapsed") for name in choices
        }
    everything = words.say(page, "texts", "filter", "all")
    chosen = {}
    with st.container(key="filters_page", horizontal=True, gap="small"):
        for name, offered in choices.items():
            chosen[name] = asked[name] if asked[name] in offered else ""
            st.session_state[f"choose_{name}"] = chosen[name]
            st.selectbox(
                words.say(page, "texts", "filter", name),
                ("", *offered),
                format_func={"": everything, **offered}.__getitem__,
                key=f"choose_{name}",
                on_change=_follow,
                args=(name,),
            )
    return chosen


def choose_one(page: str, name: str, offered: Mapping[str, str], *, is_row: bool = False) -> str:
    """A choice of one page that always has a value, kept in the address: the code chosen, '' where none is offered.

    Args:
        page: whose words to use: config/text/<page>.toml [texts.filter].
        name: of the choice.
        offered: code -> words; the first is chosen until another is.
        is_row: draw it as a row of buttons and not as a list.
    """
    with st.container(key=f"address_{name}", gap=None):
        asked = st.text_input(name, key=name, bind="query-params", label_visibility="collapsed")
    if not offered:
        return ""
    st.session_state[f"choose_{name}"] = asked if asked in offered else next(iter(offered))
    draw = partial(st.segmented_control, required=True) if is_row else st.selectbox
    with st.container(key=f"choice_{name}"):
        draw(
            words.say(page, "texts", "filter", name),
            tuple(offered),
            format_func=offered.__getitem__,
            key=f"choose_{name}",
            on_change=_follow,
            args=(name,),
        )
    return str(st.session_state[f"choose_{name}"])


def strand_kind(build: Build) -> str:
    """Which labels name the strands of this build: in the shareable one a strand is that strand alone."""
    return "group" if build.is_shareable else "strand"


def _follow(name: str) -> None:
    choose(name, st.session_state[f"choose_{name}"])


def _offered(options: Options) -> dict[str, tuple[str, ...]]:
    return {
        "quarter": options.quarters,
        "area": options.areas,
        "strand": options.strands,
        "measure": options.measures,
    }


def _label(name: str, build: Build) -> Callable[[str], str]:
    if name == "quarter":
        return _quarter_label
    kind = strand_kind(build) if name == "strand" else name
    return lambda code: words.label(kind, code)


def _quarter_label(code: str) -> str:
    quarter = Quarter.parse(code)
    return f"{quarter.label} ({quarter.starts_on:%b} to {quarter.ends_on:%b})"


def _unknown(name: str, code: str, default: str) -> str:
    shown = Quarter.parse(default).label if name == "quarter" else words.label(name, default)
    kind = words.say("frame", "filter_kind", name)
    return words.say("frame", "unknown_choice", kind=kind, code=code[:40], shown=shown)
