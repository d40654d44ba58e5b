"""What changed this quarter, is it more than chance, where should we look, and what is late in the plan?"""

from papers import taking
from queries import exceptions, meetings, plan, quarter
from register import meetings as minutes
from ui import boards, charts, frame

page = frame.enter("quarter")
asked = (page.selection, page.viewer, page.build)
said, found, summary = quarter.headlines(*asked), exceptions.found(*asked), plan.summary(*asked)
since, held = meetings.since(*asked), meetings.held(*asked)

page.take(taking.takes("two_pager", *asked))
page.opening(boards.opening, since)
page.sentences(said, meetings.about(*asked))
page.record(meetings.findings(said, found, summary), since, held, minutes)
page.tiles(quarter.tiles(*asked))
page.board(boards.exceptions, found)
page.show(charts.multiples, quarter.areas(*asked))
page.board(boards.summary, summary)
page.board(boards.items, since)
page.board(boards.meetings, held)
