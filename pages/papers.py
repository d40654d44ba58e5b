"""What do we take to a board: which paper, from which build, with which words, and what was made before?"""

from functools import partial

from papers import boards, shelf
from queries import papers
from ui import frame

page = frame.enter("papers")
asked = (page.selection, page.viewer, page.build)
product = page.choose("product", shelf.products())
board = boards.named(page.choose("board", shelf.offered(product, page.build)))

page.desk(partial(shelf.desk, product, board, *asked))
page.show(None, papers.made(*asked, shelf.readers(page.build)))
