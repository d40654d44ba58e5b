"""The quarterly pack: the meeting's slides, one finding each, from the same answers the pages show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from core import words
from core.model import MEASURES, Answer, Build, Selection, Viewer
from core.periods import Quarter, day_label
from papers import office_charts, slides
from papers.content import EVERYBODY, sentences
from papers.office_charts import records
from papers.product import Product, Step, untold
from papers.slides import CHART, TITLE, Deck, Mark
from queries import exceptions, meetings, places, plan, quarter, returns, strands, trends, victims
from ui import captions, maps, pictures, theme

_NAME = "quarterly-pack"
_TO_NAME = ("red", "overdue", "grey")  # statuses whose outcomes are named
_KEY_PIXELS = 24  # on the slide no smaller than its other text
_FOR_THE_CHAIR = "escalated"


SECTIONS = (
    "changed", "measures", "trend", "strands", "places", "map", "exceptions", "repeat", "outcomes", "plan", "named",
    "since", "asked",
)  # fmt: skip
"""The slides after the cover, in order; each can be left out."""


def make(
    selection: Selection, viewer: Viewer, build: Build, sections: Collection[str] = SECTIONS, step: Step = untold
) -> Product:
    """The pack of one selection, from one build.

    What the build does not answer for this selection is told in the words the page shows in its place. The map is a
    picture, so it needs a browser on this machine; the product's notes say when there is none.

    Args:
        sections: those of SECTIONS that were chosen.
        step: told before each.
    """
    return _Pack(selection, viewer, build).made([one for one in SECTIONS if one in sections], step)


class _Pack:
    def __init__(self, selection: Selection, viewer: Viewer, build: Build) -> None:
        self._asked = (selection, viewer, build)
        self._selection, self._build = selection, build
        self._quarter = Quarter.parse(selection.quarter).label
        self._headlines = quarter.headlines(*self._asked)
        self._title = _say("cover", "title", quarter=self._quarter)
        self._deck = Deck(f"{self._title}, {words.label('area', selection.area)}", build)
        self._told: list[str] = []
        self._withheld: dict[str, list[str]] = {}  # the names of what is withheld, by the text that says why

    def made(self, sections: Sequence[str], step: Step) -> Product:
        makers: dict[str, Callable[[], None]] = {
            "changed": self._changed,
            "measures": self._measures,
            "trend": self._trend,
            "strands": self._strands,
            "places": self._places,
            "map": self._map,
            "exceptions": self._exceptions,
            "repeat": self._repeat,
            "outcomes": self._outcomes,
            "plan": self._plan,
            "named": self._named,
            "since": self._since,
            "asked": self._wanted,
        }
        self._cover()
        for done, section in enumerate(sections):
            step(done, len(sections), words.label("section", section))
            makers[section]()
        self._left_out()
        return Product(
            name=captions.file_name(_NAME, self._selection, self._build, "pptx"),
            mime=slides.MIME,
            content=self._deck.content(),
            notes=tuple(self._told),
        )

    def _trend(self) -> None:
        monthly = trends.monthly(*self._asked)
        answer = monthly if monthly.withheld is None else trends.quarterly(*self._asked)
        self._chart("trends", answer, office_charts.trend)

    def _strands(self) -> None:
        factors = strands.motivating_factors(*self._asked)
        answer = factors if factors.withheld is None else strands.groups(*self._asked)
        self._chart("strands", answer, office_charts.bars)

    def _places(self) -> None:
        if self._selection.area == EVERYBODY:  # the county's board is not told of the city
            self._chart("places", places.rates_by_area(*self._asked), office_charts.bars)
        else:
            area = words.label("area_in_sentence", self._selection.area)
            self._told.append(_say("places", "outside", area=area))

    def _repeat(self) -> None:
        self._chart("repeat", victims.repeat_share(*self._asked), office_charts.bars)

    def _outcomes(self) -> None:
        self._chart("outcomes", victims.outcomes(*self._asked), office_charts.stacked)

    def _plan(self) -> None:
        self._chart("plan", plan.summary(*self._asked), office_charts.statuses)

    def _cover(self) -> None:
        kind = "group" if self._build.is_shareable else "strand"
        subtitle = _say(
            "cover", "subtitle",
            area=words.label("area", self._selection.area),
            measure=words.label("measure", self._selection.measure),
            strand=words.label(kind, self._selection.strand),
            build=captions.build_sentence(self._build),
            marking=captions.marking(self._build),
        )  # fmt: skip
        if self._build.is_shareable:
            subtitle = _say("cover", "protected", subtitle=subtitle, base=self._build.base)
        if self._build.is_made_up:
            subtitle = _say("cover", "made_up", subtitle=subtitle, made_up=words.say("frame", "made_up"))
        notes = [_say("caveat"), captions.date_basis(self._headlines)]
        self._deck.slide(TITLE, self._title, subtitle, captions.source(self._headlines), notes)

    def _changed(self) -> None:
        said = [
            words.say("quarter", "headlines", row["about"], row["finding"], **row["facts"])
            for row in sentences(self._headlines)
        ]
        title = _say("changed", "title", quarter=self._quarter)
        self._deck.text(title, *self._about(self._headlines, [_say("caveat")]), said)

    def _measures(self) -> None:
        tiles = quarter.tiles(*self._asked)
        if self._is_withheld("measures", tiles):
            return
        told = [
            _say(
                "measures",
                "figure",
                measure=words.label("measure_in_sentence", row["tile_code"]),
                value=row["value_said"],
            )
            for row in records(tiles)
            if row["tile_code"] in MEASURES
        ]
        title = _say("measures", "title", quarter=self._quarter, area=tiles.facts["area"], figures="; ".join(told))
        made = self._deck.slide(CHART, title, *self._about(tiles))
        office_charts.measures(made.placeholders[slides.BODY], tiles)

    def _chart(self, what: str, answer: Answer, draw: office_charts.Draw) -> None:
        if self._is_withheld(what, answer):
            return
        made = self._deck.slide(CHART, captions.headline(answer), *self._about(answer))
        draw(made.placeholders[slides.BODY], answer)

    def _map(self) -> None:
        if self._selection.area != EVERYBODY:
            return
        rates = places.rates_by_area(*self._asked)
        if rates.withheld is not None:
            return
        if not pictures.is_possible():
            self._told.append(words.say("frame", "download_camera"))
            return
        alt = captions.alt(rates, is_map=True)
        drawn = maps.choropleth(rates)
        drawn.update_layout(legend_font_size=_KEY_PIXELS)
        image = pictures.image(drawn, rates, "png", with_words=False)
        title = _say("map", "title", headline=captions.headline(rates))
        self._deck.picture(title, *self._about(rates, is_map=True), alt, image)

    def _exceptions(self) -> None:
        found = exceptions.found(*self._asked)
        if self._is_withheld("exceptions", found):
            return
        rows = [
            (
                f"{theme.ALERT_SHAPES[row['flag_code']]} {row['flag']}",
                _say("exceptions", "place", place=row["place"], strand=row["strand"], sentence=row["sentence"]),
                row["response"],
            )
            for row in records(found)
        ]
        if not rows:
            self._deck.text(captions.headline(found), *self._about(found), [*captions.notes(found)])
            return
        headings = [_say("exceptions", name) for name in ("state", "where", "said")]
        title = captions.headline(found)
        self._deck.table(title, *self._about(found), captions.alt(found), headings, rows, (2, 5, 4))

    def _named(self) -> None:
        summary = plan.summary(*self._asked)
        if self._is_withheld("named", summary):
            return
        named = [row for row in records(summary) if row["status_code"] in _TO_NAME]
        if not named:
            self._deck.text(_say("named", "all"), *self._about(summary), [captions.headline(summary)])
            return
        rows = [(_status(row["status_code"], row["label"]), str(row["value"]), row["outcomes"]) for row in named]
        headings = [column.heading for column in captions.columns(summary)]
        about = self._about(summary)
        self._deck.table(_say("named", "title"), *about, captions.alt(summary), headings, rows, (3, 1.6, 7))

    def _since(self) -> None:
        since = meetings.since(*self._asked)
        if self._is_withheld("since", since):
            return
        rows = [
            (
                f"{theme.PROGRESS_SHAPES[row['progress_code']]} {row['progress']}",
                f"{row['kind']}: {row['words']}",
                row["owner"],
                day_label(row["due_on"]) if row["due_on"] is not None else "",
            )
            for row in records(since)
        ]
        title = captions.headline(since)
        if not rows:
            self._deck.text(title, *self._about(since), [captions.headline(since)])
            return
        headings = [words.label("column", name) for name in ("item_progress", "agreed", "owner", "item_due_on")]
        self._deck.table(title, *self._about(since), captions.alt(since), headings, rows, (1.8, 6, 3, 2))

    def _wanted(self) -> None:
        """What is asked of the meeting: what the answers say is unanswered, without an action, overdue or escalated."""
        subtitle = _say("asked", "subtitle", quarter=self._quarter)
        _, source, notes = self._about(self._headlines)
        items = [_say("asked", "not_held")] if self._build.is_shareable else self._asks()
        self._deck.text(_say("asked", "title"), subtitle, source, [*notes, subtitle], items)

    def _asks(self) -> list[str]:
        found, since = exceptions.found(*self._asked), meetings.since(*self._asked)
        board, owed = plan.board(*self._asked), returns.owed(*self._asked)
        items = []
        groups: tuple[tuple[str, Answer, Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], str]], ...] = (
            ("exceptions", found, lambda row: not row["is_answered"], lambda row: f"{row['place']} ({row['strand']})"),
            ("corrective", board, lambda row: row["lacks_corrective_action"], _outcome),
            ("overdue", board, lambda row: row["is_overdue"], _outcome),
        )
        for ask, answer, is_asked, name in groups:
            names = [name(row) for row in records(answer) if is_asked(row)]
            items += [_say("asked", ask, names=words.join(names))] if names else []
        items += [
            _say("asked", "owed", code=row["outcome_code"], **{name: row[name] for name in _OWED})
            for row in records(owed)
            if row["state_code"] == _FOR_THE_CHAIR
        ]
        items += [
            _say("asked", "items", words=row["words"], owner=row["owner"])
            for row in records(since)
            if row["is_overdue"]
        ]
        # What cannot be said is said to be so: silence would read as nothing to ask.
        items += [
            _say("asked", "not_known", what=_say("what", what), state=captions.state(answer)[0])
            for what, answer in (("exceptions", found), ("plan", board), ("since", since))
            if answer.withheld is not None
        ]
        return items or [_say("asked", "none")]

    def _is_withheld(self, what: str, answer: Answer) -> bool:
        """Whether there is no figure; then the last slide says so, and why."""
        if answer.withheld is None:
            return False
        state, text = captions.state(answer)
        self._withheld.setdefault(text, []).append(_say("what", what))
        self._told.append(_say("withheld", what=_say("what", what), state=state))
        return True

    def _left_out(self) -> None:
        """One slide of everything that has none of its own, with the words of its state."""
        if not self._withheld:
            return
        title = _say("left_out", "title", count=sum(map(len, self._withheld.values())))
        items = [_say("left_out", "item", names="; ".join(names), why=why) for why, names in self._withheld.items()]
        # A withheld answer may lack the facts its own source line names.
        source = captions.source(self._headlines)
        self._deck.text(title, _say("left_out", "subtitle", quarter=self._quarter), source, self._told, items)

    def _about(self, answer: Answer, more: Sequence[str] = (), *, is_map: bool = False) -> tuple[str, str, list[str]]:
        """The subtitle, the source line and the notes of a slide."""
        kept = (*captions.marks(answer), *captions.notes(answer), *filter(None, [captions.caption(answer)]))
        alt = [] if answer is self._headlines else [_say("alt", alt=captions.alt(answer, is_map=is_map))]
        notes = [captions.area(answer), captions.period(answer), captions.date_basis(answer), *kept, *more, *alt]
        return captions.subtitle(answer), captions.source(answer), notes


_OWED = ("organisation", "what", "standing")


def _outcome(row: dict[str, Any]) -> str:
    return f"{row['outcome_code']} {row['outcome']}"


def _status(code: str, label: str) -> Mark:
    mark = theme.STATUS_MARKS["grey" if code == "overdue" else code]
    return Mark(f"{mark.shape} {label}", mark.fill, mark.ink)


def _say(*keys: str, **facts: Any) -> str:
    return words.say("pack", *keys, **facts)
