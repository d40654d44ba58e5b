"""The frame round every page: navigation, admission, header, filters, and `page.show`, which no figure goes without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import Any, Protocol
from urllib.parse import parse_qsl

import plotly.graph_objects as go
import streamlit as st

from core import builds, words
from core.errors import Conflict, MonitorError
from core.model import Answer, Build, Selection, Viewer
from core.periods import day, day_label, local_day, moment_label
from core.settings import ROOT, load_settings
from ui import boards, captions, downloads, filters, forms, maps, paper_forms, pictures, plan_forms, theme
from ui.charts import sparkline

Draw = Callable[[Answer], go.Figure]


class Keep(Protocol):
    """Puts what somebody wrote in the register."""

    def __call__(self, viewer: Viewer, row: Mapping[str, str], *, is_made_up: bool) -> None: ...


class Minutes(Protocol):
    """Puts what a meeting decides in the register (`register.meetings`)."""

    def may_record(self, viewer: Viewer, /) -> bool:
        """Whether the viewer may write."""

    def record(
        self, viewer: Viewer, build: Build, quarter: str, meeting: Mapping[str, str], item: Mapping[str, Any], /
    ) -> None:
        """Keep a decision or an action."""

    def progress(self, viewer: Viewer, said: Mapping[str, Any], /, *, is_made_up: bool) -> None:
        """Keep where one stands."""


_ADMITTED = "_admitted"
_SENT_ROUND = "_sent_round"
_FRAMED = "_framed"
_KEPT = "_kept"
_NOT_YOURS = "not_yours"  # what a viewer may not change is not offered to them
_MINUTED = "_minuted"
_MADE = "_made"  # the latest paper made in this session: which one, and the file
_SENTENCE = 100  # letters
_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "scrollZoom": False,
    "doubleClick": False,
    "displayModeBar": False,
}
# Only where the server cannot make pictures: the chart's own camera, over a chart that carries its provenance.
_CAMERA: dict[str, Any] = {
    "displayModeBar": True,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"scale": 3, "width": 1000},
}


@dataclass(frozen=True)
class Page:
    """One page of one run: who reads it, the one build this run reads, and what was chosen.

    Every figure of a run is asked of `build`, so a publication in the middle of a run cannot mix two builds.
    """

    name: str
    viewer: Viewer
    build: Build
    selection: Selection
    at_build: str = ""  # the build the address asks for; empty while it is silent, which means the live one

    def show(
        self,
        draw: Draw | None,
        answer: Answer,
        *,
        beside: Draw | None = None,
        key: str | None = None,
        chooses: str | None = None,
    ) -> None:
        """Draw one figure with its headline, subtitle, notes, source, table and downloads.

        Args:
            draw: a function of ui.charts or ui.maps; None for an answer that is only a table.
            answer: what to draw; a withheld answer draws its designed state instead.
            beside: a second drawing of the same answer, to its right (a bar beside its map).
            key: needed when one page shows the same question twice.
            chooses: the filter that a click on `draw` sets from the place clicked (`area` for maps).
        """
        key = key or captions.anchor(answer)
        if answer.withheld is not None:
            st.html(_state(answer))
            return
        with st.container(key=f"figure_{key}", gap="small"):
            st.html(_above(answer, key))
            if draw is None:
                st.html(_table(answer, is_the_figure=True))
            elif beside is None:
                _plot(draw, answer, key, chooses)
            else:
                left, right = st.columns(2, gap="medium")
                with left:
                    _plot(draw, answer, key, chooses)
                with right:
                    _plot(beside, answer, f"{key}_beside", None)
            st.html(_below(answer, chooses))
            _take_away(draw, answer, key, beside=beside)

    def tiles(self, answer: Answer) -> None:
        """Draw one tile a row: the figure, the verdict in words, a sparkline over its usual range.

        Columns: tile_code, value, before, verdict_code, unit (count or percent), spark, spark_lower, spark_upper
        (lists; the last two empty where no usual range is offered); optional reason, note_code, note_facts.
        Words: labels.toml [tile]; config/text/frame.toml [tile_verdict] and [tile_note].
        """
        if answer.withheld is not None:
            st.html(_state(answer))
            return
        key = captions.anchor(answer)
        tiles = "".join(_tile(row) for row in answer.frame.to_dict("records"))
        st.html(f'{_title(answer)}<div class="hm-tiles" id="{key}">{tiles}</div>{_below(answer, None)}')
        _take_away(None, answer, key)

    def board(self, draw: Callable[[Answer], str], answer: Answer) -> None:
        """Draw one answer as a table of marks (a function of ui.boards), with all the words a figure has."""
        if answer.withheld is not None:
            st.html(_state(answer))
            return
        key = captions.anchor(answer)
        with st.container(key=f"figure_{key}", gap="small"):
            st.html(_above(answer, key) + draw(answer) + _below(answer, None))
            _take_away(None, answer, key)

    def respond(self, answer: Answer, keep: Keep) -> None:
        """Offer to answer one of the exceptions found; `keep` puts what was written in the register.

        A refusal of the register is told where the form is. On a build that is not live nothing can be answered.
        """
        if answer.withheld is not None or answer.frame.empty:
            return
        if self._is_as_it_stood():
            st.html(_plain(words.say("exceptions", "texts", "form", "earlier")))
            return
        is_kept = st.session_state.pop(_KEPT, False)
        with st.container(key="respond"):
            written = forms.response(answer.frame.to_dict("records"), self._listed(), is_kept=is_kept)
        if is_kept:
            st.success(words.say("exceptions", "texts", "form", "kept"))
        if written is None:
            return
        try:
            keep(self.viewer, written, is_made_up=self.build.is_made_up)
        except MonitorError as refused:
            st.html(_refusal(refused, 3, title="not_kept"))
            return
        st.session_state[_KEPT] = True
        st.rerun()

    def require(self, answer: Answer) -> None:
        """Go on only with an answer; where it is withheld its designed state, with the ways on, is all of the page.

        Columns of a withheld answer: area_code, label (the areas to choose from).
        """
        if answer.withheld is None:
            return
        chosen = {name: getattr(self.selection, name) for name in filters.FILTERS}
        moment = (self.at_build, self.selection.as_at)
        items = "".join(
            f'<li><a href="{escape(filters.link(chosen | {"area": code}, *moment), quote=True)}" target="_self">'
            f"{escape(said)}</a></li>"
            for code, said in zip(answer.frame["area_code"], answer.frame["label"], strict=True)
        )
        st.html(_state(answer, f'<ul class="hm-ways">{items}</ul>'))
        st.stop()

    def fill(
        self,
        form: Callable[[Answer], list[plan_forms.Written] | None],
        answer: Answer,
        keep: Callable[..., None],
        check: plan_forms.Check = lambda _: [],
    ) -> None:
        """Offer a form on `answer` (a function of ui.plan_forms) and put what was written in the register.

        What `check` finds missing, a refusal of the register, or what somebody else saved meanwhile is told where the
        form is, and what was typed stays in it. On a build that is not live, or as at an earlier day, nothing is asked.

        Args:
            keep: puts rows in the register: `register.write.save`.
            check: one sentence for each thing that must still be said before the rows can be kept.
        """
        if not self._opens(answer):
            return
        with st.container(key=f"fill_{captions.anchor(answer)}"):
            written = form(answer)
        self._say_kept(answer)
        missing = check(written or [])
        for sentence in missing:
            st.error(sentence)
        if written and not missing:
            self._keep(
                answer, written, lambda: keep(self.viewer, answer.question, written, is_made_up=self.build.is_made_up)
            )

    def exchange(
        self,
        answer: Answer,
        download: Callable[..., bytes],
        read: Callable[[Viewer, bytes], plan_forms.Upload],
        apply: Callable[..., None],
        check: plan_forms.Check,
    ) -> None:
        """Offer the exchange workbook of `answer`, down and up, on the same terms as a form (`fill`)."""
        if not self._opens(answer):
            return
        with st.container(key=f"fill_{captions.anchor(answer)}"):
            upload = plan_forms.workbook(answer, partial(download, self.viewer), partial(read, self.viewer), check)
        self._say_kept(answer)
        if upload is not None:
            self._keep(answer, upload.written, lambda: apply(self.viewer, upload, is_made_up=self.build.is_made_up))

    def _opens(self, answer: Answer) -> bool:
        """Draw the title of something to write on, or what stands in its place; whether it may be written on."""
        if answer.withheld == _NOT_YOURS:
            return False
        if answer.withheld is not None:
            st.html(_state(answer))
            return False
        st.html(f'{_title(answer)}<span id="{escape(captions.anchor(answer))}"></span>')
        if self._is_as_it_stood():
            st.html(_plain(words.say("returns", "texts", "form", "earlier")))
            return False
        return True

    def _say_kept(self, answer: Answer) -> None:
        if st.session_state.pop(f"{_KEPT}_{captions.anchor(answer)}", False):
            st.success(words.say("returns", "texts", "form", "kept"))

    def _keep(self, answer: Answer, written: Sequence[plan_forms.Written], keep: Callable[[], None]) -> None:
        try:
            keep()
        except Conflict as first:
            said = plan_forms.saved_since(written, first.theirs)
            told = {"by_name": first.theirs["by_name"], "on": moment_label(first.theirs["at"]), "said": said}
            st.warning(words.say("returns", "texts", "form", "theirs", **told))
            return
        except MonitorError as refused:
            st.html(_refusal(refused, 3, title="not_kept"))
            return
        st.session_state[f"{_KEPT}_{captions.anchor(answer)}"] = True
        st.session_state[plan_forms.WORKBOOK_TURN] = st.session_state.get(plan_forms.WORKBOOK_TURN, 0) + 1
        st.rerun()

    def more(self, name: str) -> AbstractContextManager[Any]:
        """What few readers of a page need, folded away under words of config/text/<page>.toml [texts.more]."""
        folded: AbstractContextManager[Any] = st.expander(
            words.say(self.name, "texts", "more", name), key=f"more_{name}"
        )
        return folded

    def views(self, *views: Callable[[], None]) -> None:
        """Offer the parts of a long page one at a time, the first until another is chosen; only that one is asked.

        Args:
            views: each draws one part; its name is the address's (`?view=history`), its words are in
                config/text/<page>.toml [texts.view].
        """
        named = {view.__name__: view for view in views}
        offered = {name: words.say(self.name, "texts", "view", name) for name in named}
        named[filters.choose_one(self.name, "view", offered, is_row=True)]()

    def choose(self, name: str, choices: Mapping[str, str]) -> str:
        """Offer one choice of this page's own that always has a value: the first, until another is chosen."""
        return filters.choose_one(self.name, name, choices)

    def record(self, findings: Sequence[tuple[str, str]], since: Answer, held: Answer, minutes: Minutes) -> None:
        """Offer to record a decision or an action, and to say where one stands; `minutes` puts it in the register.

        Only to those who may write, and only on the live build as it is now. Costs nothing until it is opened.

        Args:
            findings: what it may be about: about_code and the words shown.
            since: what is listed (`queries.meetings.since`).
            held: the meetings already begun (`queries.meetings.held`).
        """
        if self.build.is_shareable or not minutes.may_record(self.viewer):
            return
        if self._is_as_it_stood():
            st.html(_plain(words.say("meetings", "texts", "form", "earlier")))
            return
        _record(self, findings, since, held, minutes)

    def take(self, offered: Sequence[downloads.Take]) -> None:
        """Offer the page on paper, under words of config/text/<page>.toml [texts] take; made when it is asked for."""
        _take(self.name, offered)

    def desk(self, open_desk: Callable[[], paper_forms.Desk]) -> None:
        """Offer to write and make one paper: boxes for what only people know, a preview, the file once it is made.

        Nothing is made before it is asked for. Where it cannot be, or the register refuses, that is told in its place.
        """
        try:
            desk = open_desk()
        except MonitorError as refused:
            st.html(_refusal(refused, 2))
            return
        _desk(desk)

    def _listed(self) -> str:
        chosen = self.selection
        return f"{self.build.number}_{chosen.quarter}_{chosen.area}_{chosen.strand}_{chosen.measure}"

    def _is_as_it_stood(self) -> bool:
        """Whether this is a page as it once stood, on which nobody can write any more."""
        return bool(self.selection.as_at) or self.build.number != builds.live_number(load_settings().data)

    def narrow(self, choices: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """Offer filters of this page's own; returns what was chosen by name, '' for all."""
        return filters.narrow(self.name, choices)

    def opening(self, draw: Callable[[Answer], str], answer: Answer) -> None:
        """Draw what a page opens on, in a few lines (a function of ui.boards); a withheld answer is one line."""
        if answer.withheld is None:
            st.html(draw(answer))
            return
        title = words.say("meetings", "texts", "opening", "title")
        state = words.say("states", answer.withheld, "title", **answer.facts)
        said = words.say("meetings", "texts", "opening", "none", title=title, state=state)
        st.html(f'<p class="hm-lede">{escape(said)}</p>')

    def sentences(self, answer: Answer, recorded: Answer | None = None) -> None:
        """List headline sentences, each with a link to its evidence and what was decided about it.

        Columns: about, finding, facts (dict), about_code, page (where the evidence is), measure (what it must be opened
        with); optional area, strand. Words: [<function>.<about>] <finding> in the answer's file.

        Args:
            recorded: what stands under each sentence (`queries.meetings.about`); without it or withheld, nothing does.
        """
        if answer.withheld is not None:
            st.html(_state(answer))
            return
        items = [] if recorded is None else recorded.frame.to_dict("records")
        listed = "".join(
            _sentence(answer, row, self, [item for item in items if item["under_code"] == row["about_code"]])
            for row in answer.frame.to_dict("records")
        )
        st.html(f'{_title(answer)}<ul class="hm-sentences">{listed}</ul>')
        if recorded is not None and items:
            _take_away(None, recorded, captions.anchor(recorded))

    def section(self, name: str) -> None:
        """A second-level heading of the page, from config/text/<page>.toml [sections]."""
        st.html(f'<h2 id="{escape(name)}" class="hm-section">{escape(words.say(self.name, "sections", name))}</h2>')

    def contents(self) -> None:
        """A list of links to the sections of the page, in the order of config/text/<page>.toml [sections]."""
        sections = words.page_text(self.name)["sections"]
        items = "".join(f'<li><a href="#{escape(name)}">{escape(said)}</a></li>' for name, said in sections.items())
        st.html(f'<nav class="hm-contents" aria-label="{_say("contents")}"><ul>{items}</ul></nav>')

    def text(self, name: str) -> None:
        """A passage of Markdown from config/text/<page>.toml [texts]; it may name any setting as {table_key}."""
        with st.container(key=f"text_{name}"):
            st.markdown(words.say(self.name, "texts", name, **_settings()))


def navigate() -> Any:
    """Declare the pages and return the one asked for. Must be the first call of every run.

    A `pages/` folder beside the entry script lets a fresh process serve a page without this frame until somebody's
    run has called st.navigation; hence always first, and hence `enter`.
    """
    st.session_state.pop(_ADMITTED, None)
    st.session_state.pop(_SENT_ROUND, None)
    st.session_state.pop(_FRAMED, None)
    return st.navigation(_pages(), position="hidden")


def enter(name: str) -> Page:
    """The first statement of every page: the admitted run, or nothing at all."""
    admitted: Page | None = st.session_state.pop(_ADMITTED, None)
    if admitted is None:
        # This page was opened without its frame. Declaring the pages ends that for the whole process; then once more,
        # through dashboard.py. A page file run entirely on its own has no frame to go to: it stays blank.
        if not st.session_state.pop(_SENT_ROUND, False):
            st.session_state[_SENT_ROUND] = True
            st.navigation(_pages(), position="hidden")
            st.rerun()
        st.stop()
        raise AssertionError("st.stop() does not return")
    return admitted


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a refusal raised inside into a designed page that says what, where, what it means and what to do."""
    try:
        yield
    except MonitorError as refused:
        # Refused before the frame was drawn it is the page; refused by one figure it stands below the page's title.
        is_framed = bool(st.session_state.get(_FRAMED))
        way_back = "" if is_framed or not st.query_params.get("build") else _way_back({})
        st.html(theme.STYLE + _refusal(refused, 2 if is_framed else 1, way_back))
        st.stop()


def opened_build() -> Build:
    """The build this run reads: the live one, or the earlier one the address asks for. Read afresh each run.

    With no build at all, draws the page that says how to make one, and stops.
    """
    settings = load_settings()
    asked = _number(st.query_params.get("build") or "")
    live = builds.live_build(settings.data, settings.audience)
    if live is None:
        st.html(theme.STYLE + _no_build())
        st.stop()
        raise AssertionError("st.stop() does not return")
    if asked is not None and asked != live.number and asked in builds.published(settings.data):
        return builds.open_build(settings.data, asked, settings.audience)
    return live


def _number(code: str) -> int | None:
    return int(code) if code.isdecimal() and len(code) < 10 else None


def server_address() -> str | None:
    """The address the server listens on, None when it listens on every one."""
    return st.get_option("server.address")


def admit(page: Any, viewer: Viewer, build: Build, options: filters.Options) -> None:
    """Draw header and filter bar and let the page run."""
    name = _name_of(page)
    _menu(name)
    asked = filters.address()
    selection, notices = filters.selection(asked, options, local_day(datetime.now(UTC)))
    st.html(theme.STYLE + _header(name, build, selection.as_at, asked, notices))
    filters.bar(selection, options, build)
    st.session_state[_FRAMED] = True
    at_build = str(build.number) if _number(asked["build"]) == build.number else ""
    st.session_state[_ADMITTED] = Page(name, viewer, build, selection, at_build)


def _pages() -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for position, entry in enumerate(_registry()):
        pages = groups.setdefault(entry["group"], [])
        script, title = ROOT / "pages" / f"{entry['name']}.py", entry["title"]
        if position == 0:
            # Streamlit serves the default page at the root and keeps its own name from being an address: asked for by
            # name it would be "not found". So the name is given to a second, hidden entry.
            pages.append(st.Page(script, title=title, url_path="start", default=True))
            pages.append(st.Page(script, title=title, url_path=entry["name"], visibility="hidden"))
        else:
            pages.append(st.Page(script, title=title, url_path=entry["name"]))
    return groups


def _menu(name: str) -> None:
    # Drawn here and not by st.navigation, whose grouped menu is a list that assistive technology cannot read as one.
    # A page link cannot say that it is the page being read, so that one is a link of ours that leads nowhere.
    with st.sidebar:
        for group, pages in _pages().items():
            st.html(f'<p class="hm-group">{escape(group)}</p>')
            for page in pages:
                if page.visibility != "visible":
                    continue
                if _name_of(page) == name:
                    st.html(f'<a class="hm-here" role="link" aria-current="page">{escape(page.title)}</a>')
                else:
                    st.page_link(page)


def _registry() -> list[Mapping[str, str]]:
    return words.page_text("frame")["page"]


def _name_of(page: Any) -> str:
    return page.url_path or _registry()[0]["name"]


def _header(name: str, build: Build, as_at: str, asked: Mapping[str, str], notices: list[str]) -> str:
    settings = load_settings()
    live = builds.live_number(settings.data)
    entry = next(entry for entry in _registry() if entry["name"] == name)
    banners = [_earlier(build, live, as_at, asked)] if as_at or build.number != live else []
    banners += [f'<p class="hm-banner">{_say("made_up")}</p>'] if build.is_made_up else []
    if build.number == live and asked["build"] and _number(asked["build"]) != live:
        notices = [words.say("frame", "unknown_build", code=asked["build"][:20]), *notices]
    # What the address asks for is repeated in them, so they are written as text.
    banners += [_plain(notice) for notice in notices]
    return (
        '<div class="hm-head"><div class="hm-head-line">'
        f'<span class="hm-product">{_say("product")}</span>'
        f'<span class="hm-build">{escape(captions.build_sentence(build))}</span>'
        f"{_as_at(build, live, builds.catalogue(settings.data, build.audience), asked)}"
        f'<span class="hm-marking">{escape(build.marking)}</span></div>'
        f"{''.join(banners)}<h1>{escape(entry['title'])}</h1>"
        f'<p class="hm-lede">{escape(entry["lede"])}</p></div>'
    )


def _as_at(build: Build, live: int | None, listed: Iterable[builds.Listed], asked: Mapping[str, str]) -> str:
    """The choice of a build. Part of the header's own HTML: a widget would have to be drawn again on every rerun.

    A build is opened by an ordinary link, so that what was read as at one build cannot linger into another.
    """
    items = []
    for one in listed:
        name = _say("as_at", "number", number=one.number)
        if one.build is None:
            items.append(f"<li>{name}: {_say('as_at', one.reason)}</li>")
            continue
        days = {"extracted_on": day_label(one.build.extracted_on), "published_on": _published_on(one.build)}
        name = _say("as_at", "live" if one.number == live else "build", number=one.number, **days)
        here = ' aria-current="true"' if one.number == build.number else ""
        address = escape(filters.link(asked, "" if one.number == live else str(one.number), ""), quote=True)
        items.append(f'<li><a href="{address}" target="_self"{here}>{name}</a></li>')
    summary = _say("as_at", "summary_live" if build.number == live else "summary", number=build.number)
    return (
        f'<details class="hm-as-at"><summary>{summary}</summary><p>{_say("as_at", "hint")}</p>'
        f"<ul>{''.join(items)}</ul>{_as_at_day(build, live, asked)}</details>"
    )


def _as_at_day(build: Build, live: int | None, asked: Mapping[str, str]) -> str:
    """The choice of a day at whose end what people wrote is read: a plain form, so that it costs nothing until sent."""
    kept = parse_qsl(filters.link(asked, "" if build.number == live else str(build.number), "").removeprefix("?"))
    hidden = "".join(
        f'<input type="hidden" name="{escape(name, quote=True)}" value="{escape(value, quote=True)}">'
        for name, value in kept
    )
    return (
        f'<form method="get" target="_self">{hidden}<label>{_say("as_at", "day")} '
        f'<input type="date" name="as_at" value="{escape(asked["as_at"], quote=True)}" required></label> '
        f"<button>{_say('as_at', 'open')}</button></form>"
    )


def _earlier(build: Build, live: int | None, as_at: str, asked: Mapping[str, str]) -> str:
    is_live = build.number == live
    notices = [] if is_live else [_say("earlier_build", number=build.number, published_on=_published_on(build))]
    if (on := day(as_at)) is not None:
        notices.append(_say("earlier_record", on=day_label(on)))
    return f'<p class="hm-banner hm-earlier">{" ".join(notices)} {_way_back(asked)}</p>'


def _way_back(asked: Mapping[str, str]) -> str:
    return f'<a href="{escape(filters.link(asked, "", ""), quote=True)}" target="_self">{_say("open_live")}</a>'


def _published_on(build: Build) -> str:
    return day_label(build.published_at.date())


def _refusal(refused: MonitorError, level: int, way_back: str = "", title: str = "title", before: str = "") -> str:
    parts = "".join(
        f"<dt>{_say('refused', part)}</dt><dd>{escape(text[:1].upper() + text[1:])}</dd>"
        for part, text in refused.as_dict().items()
    )
    heading = _say("refused", title)
    theirs = f"<p><strong>{escape(before)}</strong></p>" if before else ""
    return f'<div class="hm-state"><h{level}>{heading}</h{level}>{theirs}<dl>{parts}</dl>{way_back}</div>'


def _no_build() -> str:
    return (
        f'<div class="hm-state"><h1>{_say("no_build", "title")}</h1><p>{_say("no_build", "lede")}</p>'
        f"<p>{_say('no_build', 'text')}</p><p><code>{_say('no_build', 'command')}</code></p>"
        f"<p>{_say('no_build', 'load')}</p><p><code>{_say('no_build', 'load_command')}</code></p></div>"
    )


def _state(answer: Answer, ways_on: str = "") -> str:
    title, text = captions.state(answer)
    about, level = captions.about(answer), _level(answer)
    return (
        f'{_title(answer)}<div class="hm-state" id="{captions.anchor(answer)}"><h{level}>{escape(title)}</h{level}>'
        + (f"<p><strong>{escape(about)}</strong></p>" if about else "")
        + f"<p>{escape(text)}</p>{ways_on}</div>"
    )


def _title(answer: Answer) -> str:
    title = captions.title(answer)
    return f'<h2 class="hm-section">{escape(title)}</h2>' if title else ""


def _level(answer: Answer) -> int:
    # A figure under its section's title is a heading below it; one that stands alone is a section itself.
    return 3 if captions.title(answer) else 2


def _above(answer: Answer, key: str) -> str:
    level = _level(answer)
    return (
        f'{_title(answer)}<div class="hm-figure-words" id="{escape(key)}"><h{level}>{escape(captions.headline(answer))}'
        f"</h{level}><p>{escape(captions.subtitle(answer))}</p></div>"
    )


def _below(answer: Answer, chooses: str | None) -> str:
    caption = captions.caption(answer)
    lines = [words.say("frame", "map_hint")] if chooses else []
    lines += [caption] if caption else []
    marks = captions.marks(answer)
    lines += [" · ".join(marks)] if marks else []
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in (*lines, *captions.notes(answer)))
    return f'<div class="hm-figure-notes">{paragraphs}<p class="hm-source">{escape(captions.source(answer))}</p></div>'


def _plot(draw: Draw, answer: Answer, key: str, chooses: str | None) -> None:
    figure = draw(answer)
    alt = captions.alt(answer, is_map=draw is maps.choropleth)
    config = _CONFIG | (maps.CONFIG if draw is maps.choropleth else {})
    if not pictures.is_possible():
        figure = pictures.signed(figure, answer)
        config |= _CAMERA
    if chooses is None:
        st.plotly_chart(figure, width="stretch", theme=None, config=config, key=f"plot_{key}", alt=alt)
        return
    st.plotly_chart(
        figure,
        width="stretch",
        theme=None,
        config=config,
        key=f"plot_{key}",
        alt=alt,
        # A selection is forgotten as soon as the figure changes, so the place goes to the filter at once.
        on_select=lambda: _choose_place(f"plot_{key}", chooses),
        selection_mode="points",
    )


def _choose_place(key: str, chooses: str) -> None:
    points = st.session_state[key]["selection"]["points"]
    if points and "location" in points[0]:
        filters.choose(chooses, str(points[0]["location"]))


@st.fragment
def _take_away(draw: Draw | None, answer: Answer, key: str, *, beside: Draw | None = None) -> None:
    # In a fragment, so that opening a table reruns neither the page nor its other figures; empty until opened.
    with st.container(horizontal=True, gap="small", key=f"take_{key}"):
        if draw is not None:
            table = st.expander(words.say("frame", "table"), key=f"table_{key}", on_change="rerun")
            if table.open:
                table.html(_table(answer))
        panel = st.popover(words.say("frame", "download"), key=f"download_{key}", on_change="rerun", type="tertiary")
        if panel.open:
            with panel:
                downloads.buttons(draw, answer, key, beside=beside)


@st.fragment
def _take(page: str, offered: Sequence[downloads.Take]) -> None:
    panel = st.popover(words.say(page, "texts", "take"), key="take_page", on_change="rerun", type="tertiary")
    if panel.open:
        with panel:
            downloads.takes(offered)


@st.fragment
def _record(page: Page, findings: Sequence[tuple[str, str]], since: Answer, held: Answer, minutes: Minutes) -> None:
    # In a fragment, so that opening a form reruns nothing else; empty until opened. What is kept changes the page, so
    # then all of it is run again.
    told = st.session_state.pop(_MINUTED, None)
    with st.container(key="minutes", gap="small"):
        panel = st.expander(words.say("meetings", "texts", "form", "record"), key="record_item", on_change="rerun")
        if panel.open:
            with panel:
                begun = held.frame.to_dict("records") if held.withheld is None else []
                of_quarter = [row for row in begun if row["quarter_code"] == page.selection.quarter]
                today = local_day(datetime.now(UTC))
                written = forms.item(findings, of_quarter, today, page._listed(), is_kept=told == "kept")
                if written is not None:
                    _keep("kept", lambda: minutes.record(page.viewer, page.build, page.selection.quarter, *written))
        listed = since.frame.to_dict("records")
        if listed:
            panel = st.expander(
                words.say("meetings", "texts", "form", "progress"), key="say_progress", on_change="rerun"
            )
            if panel.open:
                with panel:
                    said = forms.progress(listed, is_kept=told == "progress_kept")
                    if said is not None:
                        made_up = page.build.is_made_up
                        _keep("progress_kept", lambda: minutes.progress(page.viewer, said, is_made_up=made_up))
        if isinstance(told, MonitorError):
            st.html(_refusal(told, 3, title="not_kept", before=_theirs(told)))
        elif told is not None:
            st.success(words.say("meetings", "texts", "form", told))


def _desk(desk: paper_forms.Desk) -> None:
    of = paper_forms.name(desk)
    with st.container(key="desk", gap="small"):
        sent = paper_forms.words_of(desk)
        if sent is not None:
            _carry_out(desk, of, sent)
        if st.session_state.pop(f"{_KEPT}_{of}", False):
            st.success(paper_forms.say("kept"))
        of_made, made = st.session_state.get(_MADE, ("", None))
        if of_made != paper_forms.file_of(desk):
            made = None
        if made is not None:
            paper_forms.taken(made, desk)
        if made is None and not desk.kept.said:
            return  # nobody writes in it, so there is nothing to read before it is made
        panel = st.expander(paper_forms.say("preview"), key="preview", on_change="rerun")
        if panel.open:
            panel.html(paper_forms.previewed(desk.preview(made)))


def _carry_out(desk: paper_forms.Desk, of: str, sent: paper_forms.Sent) -> None:
    """Keep the words, or make the paper with them, and run the page again; or say why not, and leave them typed."""
    st.session_state.pop(_MADE, None)  # of other words
    try:
        if sent.is_made:
            step = paper_forms.progress(of)
            made = desk.make(sent.said, sent.sections, based_on=sent.based_on, step=step)
            st.session_state[_MADE] = paper_forms.file_of(desk), made
        else:
            desk.keep(sent.said, sent.sections, based_on=sent.based_on)
            st.session_state[f"{_KEPT}_{of}"] = True
    except Conflict as first:
        st.html(paper_forms.theirs(first.theirs))
        paper_forms.seen(of, int(first.theirs["version"]))
        return
    except MonitorError as refused:
        st.html(_refusal(refused, 3, title="not_kept"))
        return
    paper_forms.seen(of, None)
    st.rerun()


def _keep(told: str, keep: Callable[[], None]) -> None:
    """Keep what was written and run the page again, which then tells it or says why not."""
    try:
        keep()
        st.session_state[_MINUTED] = told
    except MonitorError as refused:
        # Told after the page is read again: it may have been refused because somebody else wrote first.
        st.session_state[_MINUTED] = refused
    st.rerun()


def _theirs(refused: MonitorError) -> str:
    """What somebody else kept in the meantime, where that is why it was refused."""
    # What somebody else began meanwhile may be the meeting itself, which stands nowhere.
    if not isinstance(refused, Conflict) or "progress_code" not in refused.theirs:
        return ""
    facts = {
        "by": refused.theirs["by_name"],
        "at": moment_label(refused.theirs["at"]),
        "progress": words.label("item_progress", refused.theirs["progress_code"]),
        "note": refused.theirs["progress_note"] or "",
    }
    return words.say("meetings", "texts", "form", "theirs", **facts).strip()


def _settings() -> dict[str, Any]:
    return {
        f"{table}_{key}": ", ".join(map(str, value)) if isinstance(value, list) else value
        for table, entries in load_settings().options.items()
        for key, value in entries.items()
    }


def _table(answer: Answer, *, is_the_figure: bool = False) -> str:
    # A table that is the figure itself already stands under its subtitle.
    caption = "" if is_the_figure else captions.subtitle(answer)
    name = words.say("frame", "table_caption", headline=captions.headline(answer))
    return _html_table(captions.table(answer), name, caption)


def _html_table(table: captions.Table, name: str, caption: str = "") -> str:
    # A column of sentences keeps room for them, so that a telephone scrolls along instead of a word to a line.
    longest = [max((len(row[at]) for row in table.rows), default=0) for at in range(len(table.headings))]
    kinds = [
        'class="hm-number"' if is_number else 'class="hm-long"' if most > _SENTENCE else ""
        for is_number, most in zip(table.numeric, longest, strict=True)
    ]
    head = "".join(
        f'<th scope="col" {kind}>{escape(text)}</th>' for text, kind in zip(table.headings, kinds, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{escape(text)}</th>' if position == 0 else f"<td {kind}>{escape(text)}</td>"
            for position, (text, kind) in enumerate(zip(row, kinds, strict=True))
        )
        + "</tr>"
        for row in table.rows
    )
    return (
        f'<div class="hm-table" tabindex="0" role="region" aria-label="{escape(name, quote=True)}"><table>'
        + (f"<caption>{escape(caption)}</caption>" if caption else "")
        + f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _tile(row: Mapping[Any, Any]) -> str:
    unit = captions.Unit(str(row["unit"]), str(row["zero"]))
    value, before = row["value"], row["before"]
    is_missing = _is_missing(value)
    said = "" if _is_missing(before) else captions.number(before, unit)
    if row["verdict_code"] == "rounded" and before:
        said = words.say("frame", "about", count=said)  # a protected 0 is a range already
    facts = {"before": said, "reason": row.get("reason", "")}
    if not is_missing and not _is_missing(before):
        facts["direction"] = words.label("direction", "same" if value == before else "up" if value > before else "down")
    code = str(row["verdict_code"])
    if code == "not_comparable" and not facts["reason"]:
        code = "not_comparable_unsaid"
    verdict = words.say("frame", "tile_verdict", code, **{"direction": "", **facts})
    note_code = row.get("note_code")
    band = _say("tile_band") if row["spark_upper"] and not _is_missing(row["spark_upper"][-1]) else ""
    note = words.say("frame", "tile_note", note_code, band=band, **row["note_facts"]) if note_code else ""
    return (
        f'<div class="hm-tile"><h3>{escape(words.label("tile", str(row["tile_code"])))}</h3>'
        f'<p class="hm-value{" hm-missing" if is_missing else ""}">{escape(captions.write(value, unit))}</p>'
        f'<p class="hm-verdict">{escape(verdict[:1].upper() + verdict[1:])}</p>{_spark(row, unit)}'
        + (f'<p class="hm-note">{escape(note)}</p>' if note else "")
        + "</div>"
    )


def _is_missing(value: Any) -> bool:
    return value is None or value != value


def _spark(row: Mapping[Any, Any], unit: captions.Unit) -> str:
    values, lower, upper = row["spark"], row["spark_lower"], row["spark_upper"]
    known = [value for value in values if not _is_missing(value)]
    if len(known) < 2:
        return ""
    ends = {"first": captions.number(known[0], unit), "last": captions.number(known[-1], unit)}
    label = words.say("frame", "sparkline_alt", count=len(known), **ends)
    if upper and not _is_missing(upper[-1]):
        limits = {"lower": captions.number(lower[-1], unit), "upper": captions.number(upper[-1], unit)}
        label += " " + words.say("frame", "usual_range", **limits)
    return sparkline(values, lower, upper, label=label)


def _sentence(answer: Answer, row: Mapping[Any, Any], page: Page, recorded: Sequence[Mapping[Any, Any]]) -> str:
    module, function = answer.question.split(".")
    sentence = words.say(module, function, str(row["about"]), str(row["finding"]), **row["facts"])
    held = {name: getattr(page.selection, name) for name in filters.FILTERS}
    chosen = held | {name: row[name] for name in filters.FILTERS if isinstance(row.get(name), str)}
    choices = escape(filters.link(chosen, page.at_build, page.selection.as_at), quote=True)
    where = str(row["page"])
    # Evidence on this page is a jump; evidence elsewhere is an ordinary link that carries the choices with it.
    address = f"#{words.say('frame', 'evidence', where)}" if where == page.name else f"{escape(where)}{choices}"
    link = f'<a href="{address}" target="_self">{_say("sentence_link")}</a>'
    return f"<li>{escape(sentence)} {link}{boards.recorded(recorded)}</li>"


def _plain(said: str) -> str:
    return f'<p class="hm-banner hm-plain">{escape(said)}</p>'


def _say(*keys: str, **facts: Any) -> str:
    return escape(words.say("frame", *keys, **facts))
