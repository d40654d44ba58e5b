"""What do the figures mean, how are they made, and what can they not say?"""

from queries import quality
from ui import frame

page = frame.enter("methods")
asked = (page.selection, page.viewer, page.build)

page.contents()
for passage in (
    "caveats", "counted", "where_and_when", "rates", "shares", "change", "usual_range", "alerts", "seasonality",
    "forecast", "campaigns", "outcomes", "repeat_victims", "status", "comparators", "disclosure",
):  # fmt: skip
    page.section(passage)
    page.text(passage)

page.section("breaks")
page.text("breaks")
page.show(None, quality.recording_changes(*asked))

page.section("events")
page.text("events")
page.show(None, quality.coincident_events(*asked))

for passage in ("glossary", "sources"):
    page.section(passage)
    page.text(passage)
