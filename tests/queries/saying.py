"""Everything an answer says, as a reader meets it, for the tests of sentences and of protection."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from core import words
from core.model import ELSEWHERE, GROUPS, MEASURES, STRANDS, Answer, Build, Selection, Viewer
from queries import campaigns, exceptions, locality, meetings, places, plan, quality, quarter, strands, trends, victims
from ui import captions

Question = Callable[[Selection, Viewer, Build], Answer]

COUNTED: tuple[Question, ...] = (
    quarter.headlines, quarter.tiles, quarter.areas,
    trends.monthly, trends.quarterly, trends.rolling_year, trends.change, trends.seasonal,
    strands.motivating_factors, strands.groups, strands.overlaps, strands.religion_targeted, strands.offence_groups,
    strands.completeness, places.rates_by_area, places.own_past, places.share_of_crime,
    places.comparators, locality.compared,
    exceptions.found, exceptions.grid, exceptions.blind_spots, exceptions.responses,
    meetings.since, meetings.about, meetings.held,
    quality.loads, quality.rules, quality.completeness, quality.lag, quality.revisions,
    quality.revised_cells, quality.places, quality.told_elsewhere,
    victims.routes, victims.told_elsewhere, victims.channels, victims.repeat_victims, victims.repeat_share,
    victims.repeat_plan, victims.support, victims.satisfaction, victims.outcomes, victims.charges,
    victims.outcome_groups, victims.time_by_cohort, victims.time_by_offence,
)  # fmt: skip
EVERY: tuple[Question, ...] = (
    *COUNTED, quality.checks, quality.recording_changes, quality.coincident_events,
    plan.board, plan.summary, plan.history, plan.by_build, plan.actions, plan.adoption, plan.amendments,
    campaigns.calendar, campaigns.uplift,
    locality.own, locality.matrix,
)  # fmt: skip


def said(answer: Answer) -> list[str]:
    """Headline, subtitle, alternative texts, notes and table of a figure, each list sentence, or the state's words."""
    if answer.withheld is not None:
        state = [words.say("states", answer.withheld, part, **answer.facts) for part in ("title", "text")]
        return [*state, *filter(None, [captions.about(answer)])]
    if answer.question == "quarter.headlines":
        return [sentence for _, sentence in headlines(answer)]
    kinds = [captions.headline(answer), captions.subtitle(answer), captions.alt(answer)]
    if "map_alt" in words.page_text(answer.question.split(".")[0])[answer.question.split(".")[1]]:
        kinds.append(captions.alt(answer, is_map=True))
    if answer.question == "campaigns.calendar":
        told = ("declared", "finding", "control", "placebo", "routes")
        kinds += [sentence for name in told for sentence in answer.frame[name] if sentence]
    return [*kinds, *filter(None, [captions.caption(answer)]), *captions.notes(answer)]


def headlines(answer: Answer) -> Iterator[tuple[str, str]]:
    """The sentences of Quarter with what each is about."""
    for row in answer.frame.to_dict("records"):
        yield row["about"], words.say("quarter", "headlines", row["about"], row["finding"], **row["facts"])


def tile_sentences(answer: Answer) -> Iterator[str]:
    """The line under each tile and its note, with the facts the page gives them."""
    for row in answer.frame.to_dict("records"):
        facts = {"direction": "", "before": row["before_said"], "reason": row["reason"]}
        if row["value"] is not None and row["before"] is not None and row["value"] == row["value"]:
            moved = "same" if row["value"] == row["before"] else "up" if row["value"] > row["before"] else "down"
            facts["direction"] = words.label("direction", moved)
        yield words.say("frame", "tile_verdict", row["verdict_code"], **facts)
        yield words.say("frame", "tile_note", row["note_code"], band="", **row["note_facts"])


def some(audience: str, number: int, seed: int) -> list[Selection]:
    """Selections a reader may make, sampled the same way every time, with the first and last quarters among them."""
    chosen = random.Random(seed)
    quarters = [f"{year}-Q{part}" for year in range(2017, 2024) for part in (1, 2, 3, 4)][:26]
    strands_offered = ("all", *(GROUPS if audience == "shareable" else (*STRANDS, "not_known")))
    areas = sorted(words.labels()["area"].keys() - {"not_known", "outside"})
    drawn = [
        Selection(
            chosen.choice(quarters),
            chosen.choice(areas),
            chosen.choice(strands_offered),
            chosen.choice((*MEASURES, ELSEWHERE)),
        )
        for _ in range(number)
    ]
    ends = [Selection(code, "llr", "all", "all") for code in ("2017-Q1", "2018-Q1", "2023-Q1", "2023-Q2")]
    # the first quarter before any was sent, the first that was, and the last
    ends += [Selection(code, "llr", "all", ELSEWHERE) for code in ("2020-Q4", "2021-Q1", "2023-Q2")]
    return [*drawn, *ends]
