"""What do the figures mean, how are they made, and what can they not say?"""

from queries import quality
from ui import frame

page = frame.enter("methods")

for passage in (
    "caveats", "counted", "where_and_when", "chance", "rates", "outcomes", "plan", "disclosure",
):  # fmt: skip
    page.section(passage)
    page.text(passage)

page.section("breaks")
page.text("breaks")
page.show(None, quality.recording_changes(page.selection, page.viewer, page.build))

page.section("events")
page.text("events")
page.show(None, quality.coincident_events(page.selection, page.viewer, page.build))

for passage in ("glossary", "sources"):
    page.section(passage)
    page.text(passage)
