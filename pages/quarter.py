"""What changed this quarter, is it more than chance, where should we look, and what is late in the plan?"""

from queries import exceptions, plan, quarter
from ui import boards, charts, frame

page = frame.enter("quarter")
asked = (page.selection, page.viewer, page.build)

page.sentences(quarter.headlines(*asked))
page.tiles(quarter.tiles(*asked))
page.board(boards.exceptions, exceptions.found(*asked))
page.show(charts.multiples, quarter.areas(*asked))
page.board(boards.summary, plan.summary(*asked))
