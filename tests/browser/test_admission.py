"""What a reader may not see is not there, at any address of a fresh server."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import page_text, say
from tests.browser.visits import NewVisit, run_module, serving

NAMES = [entry["name"] for entry in page_text("frame")["page"]]
HEADER = "record_id,record_type,recorded_date,offence_code,strands,authority_code,victim_ref,victim_type\n"


@pytest.fixture(scope="module")
def personal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose records are not made up (to the program; they are, in the test)."""
    data = tmp_path_factory.mktemp("personal")
    rows = "".join(f"R{n},Crime,{1 + n % 28:02d}/0{1 + n % 9}/2022,8P,Race,E07000130,V{n},Person\n" for n in range(60))
    extract = data / "hate_extracted_2022-10-04.csv"
    extract.write_text(HEADER + rows, encoding="utf-8")
    run_module("etl", "load", str(extract), data=data)
    return data


@pytest.mark.parametrize("name", ["", *NAMES])
def test_with_real_records_every_address_of_a_fresh_server_shows_only_the_refusal(
    new_visit: NewVisit, personal: Path, name: str
) -> None:
    with serving(personal) as fresh:
        visit = new_visit(fresh)
        page = visit.open(f"/{name}")
        assert page.locator("h1").all_inner_texts() == [say("frame", "refused", "title")]
        assert page.locator("[data-testid=stPlotlyChart], table, .hm-tiles, [data-testid=stSelectbox]").count() == 0
        text = page.locator("[data-testid=stMain]").inner_text()
        assert "no sign-in" in text
        assert "Charnwood" not in text


def test_a_server_that_others_could_reach_refuses_even_the_demonstration(
    new_visit: NewVisit, demonstration: Path
) -> None:
    with serving(demonstration, "--server.address", "0.0.0.0") as reachable:
        visit = new_visit(reachable)
        page = visit.open("/")
        assert page.locator("h1").all_inner_texts() == [say("frame", "refused", "title")]
        assert page.locator(".hm-tiles").count() == 0


def test_with_no_build_every_address_shows_how_to_make_one(new_visit: NewVisit, tmp_path: Path) -> None:
    with serving(tmp_path) as empty:
        for name in (*reversed(NAMES), ""):
            visit = new_visit(empty)
            page = visit.open(f"/{name}")
            assert page.locator("h1").all_inner_texts() == [say("frame", "no_build", "title")], name
            assert page.get_by_text("python -m etl demo").first.is_visible()
            visit.assert_clean()
