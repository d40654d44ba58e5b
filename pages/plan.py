"""Is the delivery plan on track: what is late, what is Red, and what cannot be rated?"""

from queries import campaigns, plan
from ui import boards, charts, frame

page = frame.enter("plan")
asked = (page.selection, page.viewer, page.build)

whole = plan.board(*asked)
page.board(boards.board, plan.narrowed(whole, page.narrow(plan.choices(whole))))
page.board(boards.history, plan.history(*asked))
page.board(boards.actions, plan.actions(*asked))
page.show(None, plan.adoption(*asked))
page.board(boards.campaigns, campaigns.calendar(*asked))
page.show(charts.intervals, campaigns.uplift(*asked))
