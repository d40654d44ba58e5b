"""Can these figures be trusted: what came in, what was held back, what is missing, late or revised?"""

from queries import quality
from ui import charts, frame

page = frame.enter("quality")
asked = (page.selection, page.viewer, page.build)

page.show(None, quality.loads(*asked))
page.show(None, quality.rules(*asked))
page.show(charts.bars, quality.completeness(*asked))
page.show(charts.bars, quality.revisions(*asked))
page.show(None, quality.revised_cells(*asked))
page.show(charts.bars, quality.lag(*asked))
page.show(charts.bars, quality.places(*asked))
if (told := quality.told_elsewhere(*asked)).withheld != "none_elsewhere":
    page.show(None, told)
page.show(None, quality.checks(*asked))
page.show(None, quality.recording_changes(*asked))
