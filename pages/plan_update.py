"""What is due from me, what have I said, and who changed what, when?"""

from functools import partial

from queries import keeping, returns
from register import exchange, plans, write
from ui import boards, frame, plan_forms

page = frame.enter("plan_update")
asked = (page.selection, page.viewer, page.build)
needed = partial(returns.missing_words, *asked)
mine = page.choose("organisation", returns.organisations(*asked))

page.board(boards.owed, returns.owed(*asked, mine))
page.fill(plan_forms.figures, returns.figures(*asked, mine), write.save, needed)
page.fill(plan_forms.progress, returns.progress(*asked, mine), write.save)
page.fill(plan_forms.decision, returns.decision(*asked, mine), write.save)
with page.more("workbook"):
    page.exchange(returns.workbook(*asked, mine), exchange.download, exchange.check, exchange.apply, needed)
page.board(boards.changes, returns.changes(*asked, mine))
with page.more("keeping"):
    page.fill(plan_forms.local, keeping.local(*asked, mine), write.save)
    page.fill(plan_forms.judgement, keeping.judgements(*asked), write.save)
    page.fill(plan_forms.target, keeping.targets(*asked), write.save)
    page.fill(plan_forms.next_plan, keeping.next_plan(*asked), plans.begin)
