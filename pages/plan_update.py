"""What is due from me, what have I said, and who changed what, when?"""

from functools import partial

from queries import returns
from register import write
from ui import boards, frame, plan_forms

page = frame.enter("plan_update")
asked = (page.selection, page.viewer, page.build)
mine = page.choose("organisation", returns.organisations(*asked))

page.board(boards.owed, returns.owed(*asked, mine))
page.fill(plan_forms.figures, returns.figures(*asked, mine), write.save, partial(returns.missing_words, *asked))
page.fill(plan_forms.progress, returns.progress(*asked, mine), write.save)
page.fill(plan_forms.decision, returns.decision(*asked, mine), write.save)
page.show(None, returns.changes(*asked, mine))
