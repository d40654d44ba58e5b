"""Who may see this build? Until sign-in exists: the demonstration, on this computer, and nothing else."""

from __future__ import annotations

from core.errors import MonitorError
from core.model import Build, Viewer
from register.write import COORDINATOR

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
DEMONSTRATION = Viewer(name="Demonstration user", roles=frozenset({"demonstration", COORDINATOR}))
"""Whoever tries the demonstration may write in its made-up register, as the coordinator of the plan may."""


def admit(build: Build, server_address: str | None) -> Viewer:
    """The viewer of this run.

    Args:
        build: the build about to be shown.
        server_address: the address the server listens on, None when it listens on every address.

    Raises:
        MonitorError: the build is not made up, or the server can be reached from elsewhere.
    """
    if not build.is_made_up:
        raise MonitorError(
            "this build holds real records, and this version of the dashboard has no sign-in.",
            where=f"build {build.number}, {build.audience} file",
            meaning="No figure is shown to anybody, because it cannot be known who is reading.",
            action="Open a demonstration build: python -m etl demo, in a data directory of its own.",
        )
    if server_address not in LOOPBACK:
        raise MonitorError(
            "the server listens on an address that other computers can reach, and there is no sign-in yet.",
            where="server.address in .streamlit/config.toml, or --server.address",
            meaning="No figure is shown to anybody, not even a made-up one that could be taken for real.",
            action="Start it on this computer only: streamlit run dashboard.py --server.address 127.0.0.1",
        )
    return DEMONSTRATION
