"""Builds published under a reader: every page they get is one build, whole, and never an older one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.builds import live_number
from core.settings import ROOT
from tests.browser.visits import NewVisit, environment, run_module, serving

HEADER = "record_id,record_type,recorded_date,offence_code,strands,authority_code,victim_type,made_up\n"
FIRST = 100


def extract(folder: Path, number: int, records: int) -> Path:
    """A complete extract of two years in which the latest quarter has `records` crimes."""
    earlier = "".join(
        f"E{quarter}-{n},Crime,15/{month}/{year},8P,Race,E07000130,Person,yes\n"
        for quarter, (month, year) in enumerate([("05", 2021), ("08", 2021), ("11", 2021), ("02", 2022)])
        for n in range(50)
    )
    latest = "".join(f"L{n},Crime,{1 + n % 28:02d}/05/2022,8P,Race,E07000130,Person,yes\n" for n in range(records))
    path = folder / f"hate_2021-04-01_2022-06-30_extracted_2022-07-{number + 1:02d}.csv"
    path.write_text(HEADER + earlier + latest, encoding="utf-8")
    return path


@pytest.mark.parametrize("builds", [6, pytest.param(20, marks=pytest.mark.long)])
def test_builds_published_under_browsing(new_visit: NewVisit, tmp_path: Path, builds: int) -> None:
    data = tmp_path / "data"
    data.mkdir()
    run_module("etl", "load", str(extract(tmp_path, 0, FIRST)), data=data)
    first = live_number(data)
    assert first is not None
    files = [str(extract(tmp_path, number, FIRST + number)) for number in range(1, builds + 1)]
    publish = (
        "import subprocess, sys\n"
        "for path in sys.argv[1:]:\n"
        "    subprocess.run([sys.executable, '-m', 'etl', 'load', path], check=True)\n"
    )
    seen: list[int] = []
    with serving(data) as address:
        visit = new_visit(address)
        publisher = subprocess.Popen(
            [sys.executable, "-c", publish, *files], cwd=ROOT, env=environment(data), stdout=subprocess.DEVNULL
        )
        try:
            while publisher.poll() is None or (live_number(data) or 0) > seen[-1]:
                live_before = live_number(data) or 0
                page = visit.open("/?measure=crime")
                header = page.locator(".hm-build").inner_text()
                number = int(re.search(r"build (\d+)", header).group(1))  # type: ignore[union-attr]
                crimes = page.locator(".hm-tile").filter(has_text="Hate crimes").locator(".hm-value").first.inner_text()
                assert number >= live_before, "a build older than the one live when the page was asked for"
                assert int(crimes.replace(",", "")) == FIRST + number - first, "header and figure are of two builds"
                sources = set(re.findall(r"build (\d+)", page.locator("[data-testid=stMain]").inner_text()))
                assert sources == {str(number)}
                seen.append(number)
        finally:
            publisher.terminate()
            publisher.wait(timeout=60)
        assert publisher.returncode == 0
        assert seen[-1] == first + builds
        assert len(set(seen)) >= builds // 2, "the reader was too slow for this test to mean anything"
        visit.assert_clean()
