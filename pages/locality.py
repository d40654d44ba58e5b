"""How does one community safety partnership stand: its figures, its own part of the plan, and what is due from it?"""

from papers import taking
from queries import exceptions, locality, meetings, quarter, strands, trends
from ui import boards, charts, frame

page = frame.enter("locality")
asked = (page.selection, page.viewer, page.build)

page.require(locality.chosen(*asked))
page.take(taking.takes("profile", *asked))
own = locality.own(*asked)
page.sentences(locality.local(quarter.headlines(*asked), own), meetings.about(*asked))
page.tiles(quarter.tiles(*asked))
page.board(boards.own, own)
page.board(boards.owed, locality.due(own, page.viewer))
page.board(boards.exceptions, exceptions.found(*asked))
page.show(charts.series, trends.quarterly(*asked))
page.show(charts.bars, locality.compared(*asked))
page.show(charts.bars, strands.motivating_factors(*asked))
