"""How do people tell us, who is harmed again, are they helped, and what became of the crimes?"""

from queries import victims
from ui import charts, frame

page = frame.enter("victims")
asked = (page.selection, page.viewer, page.build)

page.section("read_first")
page.text("caveat")
page.show(charts.bars, victims.routes(*asked))
page.show(charts.bars, victims.told_elsewhere(*asked))

page.show(charts.bars, victims.channels(*asked))

page.show(charts.series, victims.repeat_victims(*asked))
page.show(charts.bars, victims.repeat_share(*asked))
page.show(charts.bars, victims.repeat_plan(*asked))

page.show(charts.bars, victims.support(*asked))
page.show(charts.bars, victims.satisfaction(*asked))

page.show(charts.stacked, victims.outcomes(*asked))
page.show(charts.series, victims.charges(*asked))
page.show(None, victims.outcome_groups(*asked))

page.show(charts.bars, victims.time_by_cohort(*asked))
page.show(charts.bars, victims.time_by_offence(*asked))
