"""The look: colours, status marks and the one style sheet. Imports nothing of Streamlit, so papers share it.

Colours are the Government Analysis Function's (afcharts); contrast and colour-blind distances were computed, not
guessed. Volume is never red or green: colour says "data", "context" or "look here", never "good" or "bad".
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

DATA = "#12436D"
CONTEXT = "#8A8A8A"
CONTEXT_LIGHT = "#BFBFBF"
BAND = "#E4E9EF"
ACCENT = "#F46A25"
INK = "#0B0C0C"
QUIET_INK = "#505A5F"
RULE = "#D6D6D6"
PAPER = "#FFFFFF"
WITHHELD = "#F2F2F2"
CATEGORICAL = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
SEQUENTIAL = ("#ADD1F1", "#6BACE6", "#2073BC", "#12436D", "#092135")
GREYS = ("#BFBFBF", "#9A9A9A", "#6F6F6F", "#4A4A4A", "#2B2B2B")  # beside SEQUENTIAL: the same steps, unfinished
FONT = "Arial, 'Liberation Sans', Helvetica, 'Segoe UI', sans-serif"


@dataclass(frozen=True)
class Mark:
    """One status: its colours and its shape. The word comes from labels.toml [status]."""

    fill: str
    ink: str
    border: str
    shape: str


STATUS_MARKS = {
    "red": Mark("#942514", "#FFFFFF", "#942514", "▲"),
    "amber": Mark("#FFDD00", "#0B0C0C", "#0B0C0C", "◆"),
    "green": Mark("#00703C", "#FFFFFF", "#00703C", "●"),
    "blue": Mark("#1D70B8", "#FFFFFF", "#1D70B8", "✓"),
    "grey": Mark("#505A5F", "#FFFFFF", "#505A5F", "–"),
}


def status(code: str, word: str) -> str:
    """A status as word + shape + colour, inline HTML. `code` is a key of STATUS_MARKS."""
    mark = STATUS_MARKS[code]
    return (
        f'<span class="hm-status" style="background:{mark.fill};color:{mark.ink};border-color:{mark.border}">'
        f'<span aria-hidden="true">{mark.shape}</span>{escape(word)}</span>'
    )


ALERT_SHAPES = {"above": "▲", "running": "▲", "above_and_running": "▲", "within": "", "too_few": "–",
                "too_short": "–", "not_comparable": "∥"}  # fmt: skip


def alert(code: str, word: str) -> str:
    """How a series stands, as word + shape, inline HTML: flagged ones are framed in the accent, never red or green."""
    shape = f'<span aria-hidden="true">{ALERT_SHAPES[code]}</span>' if ALERT_SHAPES[code] else ""
    kind = "hm-flagged" if ALERT_SHAPES[code] == "▲" else "hm-unflagged"
    return f'<span class="{kind}">{shape}{escape(word)}</span>'


OWED_SHAPES = {"escalated": "▲", "late": "▲", "overdue": "▲", "corrective_missing": "▲", "not_said": "–",
               "waiting": "–", "no_figure": "✓", "in": "✓"}  # fmt: skip


def owed(code: str, word: str) -> str:
    """Where something due stands, as word + shape, inline HTML: what is late is framed in the accent."""
    kind = "hm-flagged" if OWED_SHAPES[code] == "▲" else "hm-unflagged"
    return f'<span class="{kind}"><span aria-hidden="true">{OWED_SHAPES[code]}</span>{escape(word)}</span>'


PROGRESS_SHAPES = {"open": "○", "overdue": "▲", "done": "✓", "closed": "–"}


def progress(code: str, word: str) -> str:
    """Where a decision or action stands, as word + shape, inline HTML: overdue ones are framed in the accent."""
    kind = "hm-flagged" if code == "overdue" else "hm-unflagged"
    return f'<span class="{kind}"><span aria-hidden="true">{PROGRESS_SHAPES[code]}</span>{escape(word)}</span>'


STYLE = """
<style>
.hm-head, .hm-figure-words, .hm-figure-notes, .hm-tiles, .hm-sentences, .hm-state, .hm-table, .hm-text
  { font-variant-numeric: tabular-nums; color: #0B0C0C; }
.st-key-address, [class*="st-key-address_"] { display: none; }
[data-testid="stMainBlockContainer"] { max-width: 1480px; padding: 2.6rem 2.5rem 3rem; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.9rem; }
.hm-head-line { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; align-items: baseline;
  border-bottom: 3px solid #12436D; padding-bottom: 0.35rem; }
.hm-product { font-weight: 700; color: #12436D; }
.hm-build { color: #505A5F; font-size: 0.9rem; flex: 1 1 auto; }
.hm-marking { font-weight: 700; letter-spacing: 0.04em; font-size: 0.9rem; white-space: nowrap; }
.hm-banner { margin: 0.55rem 0 0; padding: 0.4rem 0.8rem; font-weight: 700; background: #FFDD00; color: #0B0C0C;
  border: 2px solid #0B0C0C; }
.hm-banner.hm-earlier { background: #12436D; color: #FFFFFF; border-color: #0B0C0C; font-size: 1.1rem; }
.hm-head .hm-earlier a { color: #FFFFFF; margin-left: 0.5rem; }
.hm-as-at { font-size: 0.9rem; }
.hm-as-at[open] { flex-basis: 100%; order: 1; }
.hm-as-at summary { cursor: pointer; color: #12436D; text-decoration: underline; padding: 0.2rem 0; }
.hm-as-at p { margin: 0.2rem 0; color: #505A5F; }
.hm-as-at ul { margin: 0 0 0.4rem !important; padding: 0 !important; list-style: none;
  max-height: 14rem; overflow-y: auto; }
.hm-as-at li { margin: 0 !important; padding: 0.2rem 0; font-size: inherit; }
.hm-as-at [aria-current] { font-weight: 700; }
.hm-as-at input, .hm-as-at button { font: inherit; padding: 0.15rem 0.4rem; border: 1px solid #505A5F;
  background: #FFFFFF; color: #0B0C0C; }
.hm-here { display: block; padding: 0.25rem 0.5rem; font-size: 0.9rem; font-weight: 600; color: #1D2A36;
  background: rgba(151, 166, 195, 0.25); border-left: 4px solid #12436D; }
.hm-banner.hm-plain { background: #F3F2F1; font-weight: 400; border-color: #505A5F; }
.hm-head h1 { font-size: 2.1rem; line-height: 1.15; margin: 0.9rem 0 0; padding: 0; font-weight: 700; }
.hm-lede { margin: 0.15rem 0 0; color: #505A5F; max-width: 60rem; }
.hm-group { margin: 0.7rem 0 0 !important; font-size: 0.9rem; color: #505A5F; }
[data-testid="stSidebar"] [data-testid="stVerticalBlock"] { gap: 0.3rem; }
[data-testid="stSidebar"] { min-width: 13rem; max-width: 15rem; }
.st-key-filters > div { flex: 1 1 10.5rem; min-width: 10.5rem; }
.st-key-filters input { font-size: 0.9rem; text-overflow: ellipsis; }
.st-key-filters > div:nth-child(2) { flex-grow: 1.9; }
.st-key-filters > div:nth-child(4) { flex-grow: 1.4; }
.hm-section { font-size: 1.5rem; margin: 1rem 0 0; padding: 0.4rem 0 0; font-weight: 700;
  border-top: 2px solid #12436D; }
.hm-section { scroll-margin-top: 5rem; }
.hm-contents ul { margin: 0.4rem 0 0 !important; padding: 0 !important; list-style: none; columns: 17rem; }
.hm-contents li { margin: 0 !important; padding: 0.2rem 0; break-inside: avoid; }
.hm-contents a { color: #12436D; text-decoration: underline; }
.hm-hint { margin: 0; color: #505A5F; max-width: 60rem; }
.hm-asked { margin: 0.6rem 0 0; padding: 0.5rem 0 0; border-top: 1px solid #B1B4B6; }
.hm-asked h3 { margin: 0; padding: 0; font-size: 1.05rem; }
.hm-asked p { margin: 0.1rem 0 0; color: #505A5F; }
.hm-form { font-size: 1.2rem; margin: 0; padding: 0; }
.st-key-filters { border-bottom: 1px solid #D6D6D6; padding-bottom: 0.9rem; }
.hm-figure-words { margin-top: 1rem; }
.hm-figure-words h2, .hm-figure-words h3 { font-size: 1.3rem; line-height: 1.3; margin: 0; padding: 0;
  font-weight: 700; max-width: 62rem; }
.hm-figure-words p { margin: 0.2rem 0 0; color: #505A5F; max-width: 62rem; }
.hm-tiles + .hm-figure-notes { margin-top: 0.8rem; }
.hm-figure-notes { font-size: 0.9rem; color: #505A5F; max-width: 62rem; }
.hm-figure-notes p { margin: 0 0 0.25rem; }
.hm-figure-notes .hm-source { border-top: 1px solid #D6D6D6; padding-top: 0.3rem; margin-top: 0.35rem; }
.hm-tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: 0.8rem; margin: 0; }
.hm-tiles:has(> .hm-tile:nth-child(6)) { grid-template-columns: repeat(auto-fit, minmax(max(12.5rem, 26%), 1fr)); }
.hm-tile { border: 1px solid #D6D6D6; border-top: 4px solid #12436D; padding: 0.7rem 0.9rem 0.6rem; margin: 0;
  display: flex; flex-direction: column; }
.hm-tile h3 { font-size: 1rem; line-height: 1.25; font-weight: 600; margin: 0; padding: 0; min-height: 2.5em; }
.hm-value { font-size: 2.6rem; line-height: 1.1; font-weight: 700; margin: 0.1rem 0 0; }
.hm-value.hm-missing { font-size: 1.3rem; color: #505A5F; padding: 0.8rem 0 0.4rem; }
.hm-verdict { margin: 0.1rem 0 0.4rem; flex: 1 1 auto; }
.hm-tile img { display: block; width: 100%; height: 46px; margin-top: auto; }
.hm-tile .hm-note { font-size: 0.85rem; color: #505A5F; margin: 0.3rem 0 0; }
.hm-since { border-left: 4px solid #F46A25; padding: 0 0 0 0.9rem; max-width: 66rem; }
.hm-since h2 { display: inline; font-size: 1rem; line-height: 1.4; margin: 0; padding: 0; font-weight: 700; }
.hm-since p { display: inline; margin: 0 0 0 0.4rem; }
.hm-since ul, .hm-recorded { margin: 0.15rem 0 0 !important; padding: 0 !important; list-style: none; }
.hm-since li { margin: 0 !important; padding: 0.1rem 0; font-size: 1rem; line-height: 1.4; white-space: nowrap;
  overflow: hidden; text-overflow: ellipsis; }
.hm-since li .hm-flagged, .hm-recorded .hm-flagged { font-size: 0.85rem; padding: 0 0.35rem 0 0.25rem; }
.hm-since .hm-quiet, .hm-recorded .hm-quiet { color: #505A5F; }
.hm-sentences .hm-recorded li { border-left: 0; font-size: 1rem; margin: 0 !important; padding: 0.15rem 0 0; }
.hm-since li strong, .hm-recorded strong { font-weight: 600; }
.hm-sentences { margin: 0.5rem 0 0 !important; padding: 0 !important; list-style: none; max-width: 66rem; }
.hm-sentences li { font-size: 1.2rem; line-height: 1.4; margin: 0 0 0.5rem !important; padding: 0.4rem 0 0.4rem 0.9rem;
  border-left: 4px solid #12436D; }
.hm-sentences a { margin-left: 0.5rem; font-size: 1rem; white-space: nowrap; }
.hm-sentences li.hm-look { border-left-color: #F46A25; }
.hm-head a, .hm-sentences a, .hm-since a, .hm-board a, .hm-text a, .hm-state a
  { color: #12436D; text-decoration: underline; }
.hm-state { border: 2px dashed #8A8A8A; background: #F7F7F6; padding: 1.4rem 1.6rem; max-width: 62rem; }
.hm-state h2, .hm-state h3 { font-size: 1.25rem; margin: 0 0 0.3rem; padding: 0; font-weight: 700; }
.hm-state:has(h1) { margin-top: 1.5rem; }
.hm-state h1 { font-size: 1.9rem; padding: 0; }
.hm-state dl { margin: 0.6rem 0 0; padding: 0; }
.hm-state p { margin: 0.2rem 0; }
.hm-figure-words, .hm-tiles, .hm-state { scroll-margin-top: 5rem; }
.hm-state dt { font-weight: 700; margin-top: 0.6rem; }
.hm-state dd { margin: 0; }
.hm-state code { background: #FFFFFF; border: 1px solid #BFBFBF; padding: 0.1rem 0.4rem; color: #0B0C0C; }
.hm-table { overflow-x: auto; }
.hm-table table { border-collapse: collapse; font-size: 0.95rem; }
.hm-table caption { text-align: left; color: #505A5F; padding-bottom: 0.3rem; }
.hm-table th, .hm-table td { text-align: left; padding: 0.25rem 1.2rem 0.25rem 0; border-bottom: 1px solid #D6D6D6;
  vertical-align: top; font-weight: 400; }
.hm-table thead th { font-weight: 700; border-bottom: 2px solid #0B0C0C; }
.hm-table .hm-long { min-width: 17rem; }
.hm-table .hm-number { text-align: right; white-space: nowrap; }
.hm-status { display: inline-flex; align-items: center; gap: 0.35rem; padding: 0.05rem 0.55rem 0.05rem 0.4rem;
  border: 2px solid; font-weight: 700; white-space: nowrap; font-size: 0.95rem; }
.hm-flagged { display: inline-flex; gap: 0.3rem; padding: 0.05rem 0.5rem 0.05rem 0.35rem; font-weight: 700;
  border: 2px solid #F46A25; background: #FFFFFF; color: #0B0C0C; font-size: 0.95rem; }
.hm-unflagged { display: inline-flex; gap: 0.3rem; color: #505A5F; font-size: 0.85rem; white-space: nowrap; }
.hm-grid td > span { display: block; white-space: nowrap; }
.hm-grid td > .hm-unflagged { display: flex; }
.hm-grid td .hm-flagged { display: inline-flex; font-size: 0.85rem; }
.hm-theme { font-size: 1.15rem; margin: 1.1rem 0 0.3rem; padding: 0; font-weight: 700; color: #12436D; }
.hm-board { overflow-x: auto; }
.hm-board table { border-collapse: collapse; width: 100%; min-width: 62rem; table-layout: fixed; font-size: 0.95rem; }
.hm-board th { text-align: left; font-weight: 700; border-bottom: 2px solid #0B0C0C;
  padding: 0.25rem 0.8rem 0.25rem 0; }
.hm-board td { vertical-align: top; border-bottom: 1px solid #D6D6D6; padding: 0.5rem 0.8rem 0.5rem 0; }
.hm-board p { margin: 0.15rem 0 0; font-size: inherit; }
.hm-board .hm-quiet { color: #505A5F; }
.hm-history td, .hm-history thead th { padding-right: 0.5rem; white-space: nowrap; }
.hm-history .hm-status { font-size: 0.85rem; padding: 0 0.4rem 0 0.25rem; }
.hm-matrix th:first-child { position: sticky; left: 0; background: #FFFFFF; min-width: 9rem; max-width: 16rem; }
.hm-matrix td, .hm-matrix thead th { min-width: 7.5rem; padding-right: 0.8rem; }
.hm-ways { margin: 0.5rem 0 0 !important; padding: 0 !important; list-style: none; }
.hm-ways li { margin: 0 !important; padding: 0.3rem 0; }
.st-key-filters_page > div { flex: 1 1 10.5rem; min-width: 10.5rem; }
[class*="st-key-text_"] { max-width: 62rem; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 3rem 1rem 2rem; }
  .hm-head h1 { font-size: 1.7rem; margin-top: 0.6rem; }
  .hm-tiles, .hm-tiles:has(> .hm-tile:nth-child(6)) { grid-template-columns: 1fr; }
  .hm-tile h3 { min-height: 0; }
  .hm-sentences li { font-size: 1.05rem; }
  .hm-since li { white-space: normal; }
  .hm-board thead { position: absolute; left: -10000px; }
  .hm-board table, .hm-board tbody, .hm-board tr { display: block; min-width: 0; }
  .hm-board tr { border: 1px solid #BFBFBF; padding: 0.4rem 0.7rem; margin-bottom: 0.7rem; }
  .hm-board td { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0.6rem; border: 0;
    padding: 0.2rem 0; }
  .hm-board td::before { content: attr(data-heading); color: #505A5F; }
  .hm-board td:has(> div:empty) { display: none; }
  .hm-board td:nth-child(2) { display: block; }
  .hm-board td:nth-child(2)::before { content: none; }
}
.hm-group { margin: 0.7rem 0 0 !important; font-size: 0.9rem; color: #505A5F; }
[data-testid="stSidebar"] [data-testid="stVerticalBlock"] { gap: 0.3rem; }
@media print { .hm-tile, .hm-state { break-inside: avoid; } [data-testid="stSidebar"] { display: none; } }
</style>
"""
