"""What people write for a paper, and the file once it is made. The words are those of config/text/papers.toml."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

import streamlit as st

from core import words
from core.periods import moment_label
from ui import downloads

Step = Callable[[int, int, str], None]  # papers.product.Step

_LONGEST = 10_000
_DAY = "meeting_on"


class File(Protocol):
    """A finished file (`papers.product.Product`)."""

    @property
    def name(self) -> str:
        """Its file name."""

    @property
    def mime(self) -> str:
        """Its media type."""

    @property
    def content(self) -> bytes:
        """Its bytes."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What its maker should know."""


class Kept(Protocol):
    """What people last wrote for it (`queries.papers.Words`)."""

    @property
    def said(self) -> Mapping[str, str]:
        """By name of the box."""

    @property
    def sections(self) -> Sequence[str]:
        """The parts of it that were last chosen."""

    @property
    def version(self) -> int:
        """Of the words; 0 for none."""


class Desk(Protocol):
    """Where one paper is written and made (`papers.shelf.Desk`)."""

    @property
    def kept(self) -> Kept:
        """What people last wrote."""

    @property
    def about(self) -> Mapping[str, str]:
        """Which paper: its codes."""

    @property
    def choices(self) -> Mapping[str, str]:
        """What the reader chose beside that: a day, a strand, a measure."""

    @property
    def number(self) -> int:
        """Of the build it is made from."""

    @property
    def sections(self) -> Mapping[str, str]:
        """The parts that can be left out: code -> name."""

    def preview(self, made: Any, /) -> Sequence[tuple[str, Sequence[str]]]:
        """Headings of the file made, or where it is None of what would be, each with what stands under it."""

    def printed(self, made: Any, /) -> Sequence[downloads.Take]:
        """The PDF of the file made, where it can be had."""

    def keep(self, said: Mapping[str, str], sections: Sequence[str], /, *, based_on: int) -> None:
        """Keep the words and what was chosen."""

    def make(self, said: Mapping[str, str], sections: Sequence[str], /, *, based_on: int, step: Step) -> File:
        """Make it, and keep what it was made from."""


@dataclass(frozen=True)
class Sent:
    """What was sent: to be made, or only kept; what it says; its parts; the version the writer had before them."""

    is_made: bool
    said: dict[str, str]
    sections: list[str]
    based_on: int


def name(desk: Desk) -> str:
    """Which paper, of which build."""
    return "_".join((*desk.about.values(), str(desk.number)))


def file_of(desk: Desk) -> str:
    """Which file of that paper: a file made of another strand, measure or day is another."""
    return "_".join((name(desk), *desk.choices.values()))


def words_of(desk: Desk) -> Sent | None:
    """Offer the boxes for what only people know; what was sent, once.

    What is typed stays in the boxes when somebody else keeps other words meanwhile: the version that was before the
    writer when the boxes were filled is what theirs is based on, until `seen` says that they saw a later one.
    """
    of = name(desk)
    boxes = {part: f"{part}_{of}" for part in desk.kept.said}
    if any(key not in st.session_state for key in (*boxes.values(), _seen(of))):
        seen(of, desk.kept.version)
    with st.form(f"paper_{of}"):
        kind = "" if boxes else "_unwritten"
        st.html(f'<h2 class="hm-form">{escape(say(f"title{kind}"))}</h2><p>{escape(say(f"hint{kind}"))}</p>')
        said = {}
        for part, before in desk.kept.said.items():
            label = words.say("papers", "texts", "box", part)
            draw: Any = st.text_input if part == _DAY else st.text_area
            said[part] = str(draw(label, before, max_chars=_LONGEST, key=boxes[part]))
        sections: list[str] = []
        if desk.sections:
            sections = st.multiselect(
                say("sections"),
                tuple(desk.sections),
                desk.kept.sections,
                format_func=desk.sections.__getitem__,
                placeholder=say("no_section"),
                key=f"sections_{of}",
            )
        with st.container(horizontal=True):
            is_kept = bool(boxes) and st.form_submit_button(say("keep"), key=f"keep_{of}")
            is_made = st.form_submit_button(say("make"), key=f"make_{of}", type="primary")
    based_on = int(st.session_state[_seen(of)])
    return Sent(is_made, said, sections, based_on) if is_kept or is_made else None


def progress(of: str) -> Step:
    """Show how far the making is, with a way to stop it: pressing it runs the page again, which ends this run.

    The way out works because the bar is drawn before each part: there Streamlit looks whether anybody pressed anything.
    """
    bar = st.progress(0.0, text=say("making"))
    st.button(say("stop"), key=f"stop_{of}")

    def step(done: int, parts: int, what: str) -> None:
        bar.progress(done / max(parts, 1), text=say("making_part", done=done + 1, parts=parts, what=what))

    return step


def seen(of: str, version: int | None) -> None:
    """Remember which version of its words the writer has before them; None for the latest when it is next drawn."""
    if version is None:
        st.session_state.pop(_seen(of), None)
    else:
        st.session_state[_seen(of)] = version


def _seen(of: str) -> str:
    return f"seen_{of}"


def theirs(of: Mapping[str, Any]) -> str:
    """What somebody else kept meanwhile, as HTML."""
    facts = {"by_name": of["by_name"], "on": moment_label(of["at"])}
    parts = words.page_text("papers")["texts"]["box"]
    said = {label: of[part] for part, label in parts.items() if of[part]}
    listed = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in said.items())
    return f'<div class="hm-state"><p>{escape(say("theirs", **facts))}</p><dl>{listed}</dl></div>'


def taken(made: File, desk: Desk) -> None:
    """Offer the finished file, and its PDF where there can be one, and say what its maker should know."""
    st.success(say("made", number=desk.number, name=made.name))
    for note in made.notes:
        st.html(f'<p class="hm-banner hm-plain">{escape(note)}</p>')
    st.download_button(
        say("take"),
        data=made.content,
        file_name=made.name,
        mime=made.mime,
        key="take_paper",
        on_click="ignore",
    )
    downloads.takes(desk.printed(made))


def previewed(parts: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Headings and the sentences under each, as HTML."""
    shown = []
    for heading, lines in parts:
        title = f"<h3>{escape(heading)}</h3>" if heading else ""
        shown.append(f"{title}<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>")
    return "".join(shown)


def say(key: str, **facts: Any) -> str:
    """A word of the form."""
    return words.say("papers", "texts", "form", key, **facts)
