"""The frame round every page: navigation, admission, filters, run."""

from access import admission
from queries import selection
from ui import frame

page = frame.navigate()
with frame.refusals():
    build = frame.opened_build()
    viewer = admission.admit(build, frame.server_address())
    frame.admit(page, viewer, build, selection.options(viewer, build))
    page.run()
