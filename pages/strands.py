"""Which strands are reported, together and apart, and how much of it do we not know?"""

from queries import strands
from ui import charts, frame

page = frame.enter("strands")
asked = (page.selection, page.viewer, page.build)

page.show(charts.bars, strands.motivating_factors(*asked))
page.show(charts.bars, strands.groups(*asked))
page.show(charts.matrix, strands.overlaps(*asked))
page.show(charts.bars, strands.religion_targeted(*asked))
page.show(charts.bars, strands.offence_groups(*asked))
page.show(charts.bars, strands.completeness(*asked))
