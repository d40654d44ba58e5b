"""What is above what chance allows, how much could be missed, and who is looking into it?"""

from queries import exceptions
from register import write
from ui import boards, charts, frame

page = frame.enter("exceptions")
asked = (page.selection, page.viewer, page.build)

found = exceptions.found(*asked)
page.board(boards.exceptions, found)
page.respond(found, write.respond)
page.board(boards.grid, exceptions.grid(*asked))
page.show(charts.bars, exceptions.blind_spots(*asked))
page.show(None, exceptions.responses(*asked))
