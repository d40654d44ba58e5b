"""Placing records: the order of the fields, the spellings met, and the real file of August 2021."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import MonitorError
from core.model import AUTHORITIES
from core.words import label
from geo import locate, postcodes

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
STREET = SHARED / "police-uk" / "2021-08-leicestershire-street.csv"
LOOKUP = SHARED / "lookups" / "llr_lookup_lsoa11_lsoa21_lad22.csv"
CRIMES = {
    "E06000016": 3679, "E07000130": 1165, "E07000134": 586, "E07000132": 559, "E07000129": 508,
    "E07000131": 338, "E07000135": 313, "E07000133": 245, "E06000017": 136,
}  # fmt: skip


def one(**fields: object) -> tuple[object, str, bool]:
    placed = locate.place(pd.DataFrame({name: [value] for name, value in fields.items()})).iloc[0]
    area = None if pd.isna(placed["area_code"]) else placed["area_code"]
    return area, placed["area_basis"], bool(placed["is_conflicting"])


@pytest.mark.parametrize("code", AUTHORITIES)
def test_each_authority_is_known_by_its_code_and_by_its_label(code: str) -> None:
    assert one(authority_code=f" {code.lower()} ") == (code, "authority_code", False)
    assert one(authority_name=label("area", code).upper()) == (code, "authority_name", False)


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("Leicester City", "E06000016"),
        ("Leicester City Council", "E06000016"),
        ("City of Leicester", "E06000016"),
        ("LEICESTER UA", "E06000016"),
        ("Rutland County Council", "E06000017"),
        ("Rutland CC", "E06000017"),
        ("Blaby D.C.", "E07000129"),
        ("Charnwood Borough Council", "E07000130"),
        ("Harborough District", "E07000131"),
        ("Hinckley & Bosworth", "E07000132"),
        ("Hinckley & Bosworth BC", "E07000132"),
        ("Melton  Borough", "E07000133"),
        ("NW Leicestershire", "E07000134"),
        ("N.W. Leics", "E07000134"),
        ("North-West Leicestershire DC", "E07000134"),
        ("NWL CSP", "E07000134"),
        ("Oadby & Wigston", "E07000135"),
        ("oadby and wigston borough council", "E07000135"),
        ("Derbyshire Dales", "outside"),
        ("Out of Force", "outside"),
    ],
)
def test_spellings_met_in_extracts(spelling: str, code: str) -> None:
    assert one(authority_name=spelling) == (code, "authority_name", False)


@pytest.mark.parametrize(
    "name",
    [
        "Leicestershire",  # the county or the force, not a district
        "Harborough & Wigston",  # a policing area across two districts: never the Harborough filter
        "Melton & Rutland",
        "Blaby and Hinckley & Bosworth CSP",  # one partnership, two districts
        "Not known",
        "",
    ],
)
def test_a_name_wider_than_one_authority_leaves_it_to_the_next_field(name: str) -> None:
    assert one(authority_name=name) == ("not_known", "none", False)
    assert one(authority_name=name, postcode="LE1 6WA") == ("E06000016", "postcode", False)


def test_an_unrecognised_name_or_code_is_not_guessed_even_when_a_postcode_is_there() -> None:
    assert one(authority_name="Atlantis", postcode="LE1 6WA") == (None, "unrecognised", False)
    assert one(authority_code="X123") == (None, "unrecognised", False)


def test_a_code_of_another_lower_tier_authority_is_outside() -> None:
    for code in ("E08000025", "E07000038", "W06000015", "S12000033", "N09000003"):
        assert one(authority_code=code) == ("outside", "authority_code", False)


def test_the_code_wins_over_a_postcode_elsewhere_and_the_conflict_is_reported() -> None:
    assert one(authority_code="E07000133", postcode="LE1 6WA") == ("E07000133", "authority_code", True)
    assert one(authority_code="E06000016", postcode="SW1A 1AA") == ("E06000016", "authority_code", True)
    assert one(authority_code="E06000016", authority_name="Leicester", postcode="LE1 6WA")[2] is False


def test_postcodes_are_read_however_they_are_spaced_and_any_other_uk_postcode_is_outside() -> None:
    for spelling in ("LE1 6WA", "le16wa", " LE1  6WA ", "LE1-6WA"):
        assert one(postcode=spelling) == ("E06000016", "postcode", False)
    for elsewhere in ("SW1A 1AA", "EH1 1YZ", "BT1 5GS"):
        assert one(postcode=elsewhere) == ("outside", "postcode", False)


def test_a_postcode_that_does_not_exist_says_nothing() -> None:
    assert one(postcode="LE99 9ZZ") == ("not_known", "none", False)
    assert one(postcode="not a postcode") == ("not_known", "none", False)


def test_grid_reference_and_coordinates_of_the_same_point_give_the_same_place() -> None:
    # The Clock Tower, Leicester.
    assert one(easting=458_700, northing="304,700") == ("E06000016", "grid_reference", False)
    assert one(longitude="-1.1332", latitude="52.6362") == ("E06000016", "grid_reference", False)


def test_points_over_the_border_or_far_away_are_outside() -> None:
    assert one(longitude=-1.15, latitude=52.955)[0] == "outside"  # Nottingham, among its own postcodes
    assert one(longitude=-3.21, latitude=54.06)[0] == "outside"  # Barrow-in-Furness, far from every known postcode


def test_coordinates_that_cannot_be_in_britain_say_nothing() -> None:
    assert one(easting=0, northing=0) == ("not_known", "none", False)
    assert one(longitude=52.6, latitude=-1.13) == ("not_known", "none", False)  # swapped
    assert one(longitude=0, latitude=0) == ("not_known", "none", False)
    assert one(easting="n/a", northing=None) == ("not_known", "none", False)


def test_a_point_just_over_the_border_of_the_coded_authority_is_no_conflict() -> None:
    # Points beside the city boundary in Oadby: the nearest postcode may be either side.
    near = postcodes.neighbourhood().query("area_code == 'E07000135'").nlargest(1, "northing").iloc[0]
    fields = {"easting": near["easting"], "northing": near["northing"]}
    assert one(authority_code="E06000016", **fields) == ("E06000016", "authority_code", False)
    assert one(authority_code="E07000133", **fields) == ("E07000133", "authority_code", True)


def test_nothing_at_all_is_not_known_and_the_index_is_kept() -> None:
    frame = pd.DataFrame({"other": [1, 2]}, index=[7, 3])
    placed = locate.place(frame)
    assert list(placed.index) == [7, 3]
    assert set(placed["area_code"]) == {"not_known"}
    assert list(locate.place(frame.head(0)).columns) == ["area_code", "area_basis", "is_conflicting", "remarks"]


def test_all_blank_number_columns_are_read() -> None:
    frame = pd.DataFrame({name: [np.nan, np.nan] for name in locate.COLUMNS})
    assert set(locate.place(frame)["area_basis"]) == {"none"}


@given(st.permutations(range(6)))
def test_the_order_of_the_rows_does_not_matter(order: list[int]) -> None:
    frame = pd.DataFrame(
        {
            "authority_name": ["Blaby", None, "Atlantis", None, "Melton", "Leicestershire"],
            "postcode": [None, "LE1 6WA", None, None, "LE1 6WA", "LE15 6HP"],
        }
    )
    expected = locate.place(frame)
    shuffled = locate.place(frame.iloc[order])
    pd.testing.assert_frame_equal(shuffled.sort_index(), expected)


def a_lookup(folder: Path, rows: list[tuple[str, str]]) -> Path:
    path = folder / "lookup.csv"
    pd.DataFrame(rows, columns=["LSOA11CD", "LAD22CD"]).to_csv(path, index=False)
    return path


def test_a_lookup_places_its_codes_and_puts_the_codes_it_leaves_out_outside(tmp_path: Path) -> None:
    rows = [(f"E0101{number:04d}", code) for number, code in enumerate(AUTHORITIES)]
    path = a_lookup(tmp_path, rows)
    frame = pd.DataFrame({"lsoa_code": [rows[2][0], "E01099999", "rubbish", None]})
    placed = locate.place(frame, path)
    assert list(placed["area_code"]) == [AUTHORITIES[2], "outside", "not_known", "not_known"]
    assert list(placed["area_basis"]) == ["lsoa", "lsoa", "none", "none"]


def test_an_lsoa_listed_under_two_authorities_says_nothing(tmp_path: Path) -> None:
    rows = [(f"E0101{number:04d}", code) for number, code in enumerate(AUTHORITIES)]
    path = a_lookup(tmp_path, [*rows, (rows[0][0], AUTHORITIES[1])])
    assert rows[0][0] not in locate.read_lookup(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00\x01",
        b"name,code\nBlaby,1\n",
        b"LSOA11CD,LAD22CD\nE01013717,E06000016\n",  # one authority only: every other would go outside unseen
    ],
)
def test_a_lookup_that_is_not_one_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lookup.csv"
    path.write_bytes(content)
    with pytest.raises(MonitorError) as refused:
        locate.place(pd.DataFrame({"lsoa_code": ["E01013717"]}), path)
    assert "figures are unchanged" in refused.value.meaning


def test_a_missing_lookup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MonitorError):
        locate.read_lookup(tmp_path / "absent.csv")


def street_crimes() -> pd.DataFrame:
    if not STREET.exists():
        pytest.skip("the shared police.uk file is not on this machine")
    rows = pd.read_csv(STREET, dtype="str")
    rows = rows[rows["Crime type"] != "Anti-social behaviour"]
    return rows.rename(columns={"Longitude": "longitude", "Latitude": "latitude", "LSOA code": "lsoa_code"})


def test_august_2021_by_lookup_equals_the_known_counts() -> None:
    crimes = street_crimes()
    placed = locate.place(crimes, LOOKUP)["area_code"].value_counts()
    assert {code: int(placed[code]) for code in CRIMES} == CRIMES
    assert placed.drop(list(CRIMES)).sum() == 70


def test_august_2021_by_nearest_postcode_is_within_one_per_cent() -> None:
    placed = locate.place(street_crimes()[["longitude", "latitude"]])["area_code"].value_counts()
    for code, expected in CRIMES.items():
        share = 0.015 if code in ("E07000129", "E07000135") else 0.01
        assert abs(placed[code] - expected) <= max(share * expected, 2), code
    assert abs(placed.drop(list(CRIMES)).sum() - 70) <= 5


def test_a_million_rows_of_a_thousand_places_take_seconds() -> None:
    points = postcodes.neighbourhood().iloc[:1000][["easting", "northing", "postcode"]]
    locate.place(points)  # the directory is read once in a process; that is not what is timed
    rows = pd.concat([points] * 1000, ignore_index=True)
    start = time.perf_counter()
    locate.place(rows)
    assert time.perf_counter() - start < 10
