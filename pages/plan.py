"""Is the delivery plan on track: what is late, what is Red, and what cannot be rated?"""

from queries import campaigns, locality, plan, returns, updates
from ui import boards, charts, frame

page = frame.enter("plan")
asked = (page.selection, page.viewer, page.build)


def outcomes() -> None:
    whole = plan.board(*asked)
    page.board(boards.board, plan.narrowed(whole, page.narrow(plan.choices(whole))))


def partnerships() -> None:
    page.board(boards.matrix, locality.matrix(*asked))
    page.show(None, plan.adoption(*asked))


def actions() -> None:
    page.board(boards.actions, plan.actions(*asked))


def due() -> None:
    page.board(boards.owed, returns.owed(*asked))


def history() -> None:
    page.board(boards.history, plan.history(*asked))
    page.board(boards.history, plan.by_build(*asked))
    page.board(boards.changes, plan.amendments(*asked))


def calendar() -> None:
    page.board(boards.campaigns, campaigns.calendar(*asked))
    page.show(charts.intervals, campaigns.uplift(*asked))


def report() -> None:
    page.board(boards.report, updates.report(*asked, page.choose("level", updates.levels())))


page.views(outcomes, partnerships, actions, due, history, calendar, report)
