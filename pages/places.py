"""Where is it reported, for its size, and is any place different from its own past?"""

from queries import places
from ui import charts, frame, maps

page = frame.enter("places")
asked = (page.selection, page.viewer, page.build)

page.show(maps.choropleth, places.rates_by_area(*asked), beside=charts.bars, chooses="area")
page.show(maps.choropleth, places.own_past(*asked), beside=charts.intervals, chooses="area")
page.show(charts.bars, places.share_of_crime(*asked))
if (beside := places.comparators(*asked)).withheld != "no_comparators":
    page.show(charts.bars, beside)
