"""Reference inputs and outputs, when the folder beside the repository is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors"


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], dict[str, Any]]:
    """Read one file of reference vectors; the test is skipped where they are not supplied."""

    def read(name: str) -> dict[str, Any]:
        path = VECTORS / f"{name}.json"
        if not path.exists():
            pytest.skip(f"the reference vectors {name} are not beside this repository")
        return dict(json.loads(path.read_text(encoding="utf-8")))

    return read
