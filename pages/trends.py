"""Is it changing, and is the change more than chance?"""

from queries import trends
from ui import charts, frame

page = frame.enter("trends")
asked = (page.selection, page.viewer, page.build)

page.show(charts.series, trends.monthly(*asked))
page.show(charts.series, trends.quarterly(*asked))
page.show(charts.intervals, trends.change(*asked))
page.show(charts.series, trends.rolling_year(*asked))
page.show(charts.columns, trends.seasonal(*asked))
