"""Place records: authority code or name, LSOA, postcode, or the nearest postcode to a grid reference.

Every field that says something is read; the first of the order above decides, and a later one that says otherwise is
reported as a conflict; a field that is filled and says nothing is remarked upon. The nearest postcode is looked for
on both sides of the border, so that a point just over it is outside.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import shapely

from core.errors import MonitorError
from core.model import AREA_NOT_KNOWN, AREA_OUTSIDE, AUTHORITIES
from core.settings import REFERENCE
from geo import postcodes

COLUMNS = (
    "authority_code", "authority_name", "lsoa_code", "postcode",
    "easting", "northing", "longitude", "latitude",
)  # fmt: skip
UNRECOGNISED = "unrecognised"
# A point further than this from every known postcode in and around the nine authorities is outside them: inside,
# nowhere is more than about 2.5 km from one.
FURTHEST_M = 5_000
# The nearest postcode may be over the border of a place correctly coded; only beyond this do they disagree.
TOLERANCE_M = 1_000
# Coordinates in no part of Great Britain were mistyped or swapped: they say nothing, rather than "outside".
_BRITAIN = {"easting": (0, 700_000), "northing": (0, 1_300_000), "longitude": (-9, 2.5), "latitude": (49, 61.5)}
# What the kinds of authority_names.csv, and fields that cannot be read, are remarked upon as.
POLICING_AREA, WIDER_AREA = "policing_area", "wider_area"
_LOWER_TIER = re.compile(r"^(E0[6-9]|W06|S12|N09)\d{6}$")
_LSOA = re.compile(r"^([EW]01\d{6}|S01\d{6}|95\w{6})$")
_OFFICE_WORDS = re.compile(
    r" (city council|borough council|district council|county council|council|csp|community safety partnership"
    r"|unitary authority|borough|district|bc|dc|cc|ua)$"
)
# A policing area may bear the name of a district and have other bounds; a beat is two letters and two figures.
_POLICING_AREA = re.compile(r"(^| )(npa|lpu|lpa|bcu|policing area|policing unit|policing team)$|^[a-z]{2}[0-9]{2}$")


def place(frame: pd.DataFrame, lsoa_lookup: Path | None = None) -> pd.DataFrame:
    """The area of every row.

    Args:
        frame: any of COLUMNS, text or numbers, blanks allowed; other columns are not looked at.
        lsoa_lookup: a CSV of LSOA codes and authority codes (see `read_lookup`), or None.

    Returns:
        One row per row of `frame`, same index: area_code (one of AUTHORITIES, 'outside', 'not_known', or missing when
        the authority was not recognised), area_basis ('authority_code', 'authority_name', 'lsoa', 'postcode',
        'grid_reference', 'none', 'unrecognised'), is_conflicting (another field of the row names another area) and
        remarks, words parted by spaces: 'policing_area' or 'wider_area' (an authority column names one, which decides
        nothing), 'postcode_unknown', 'lsoa_unreadable', 'grid_unreadable' (no numbers, or only one), 'grid_swapped'
        (outside, and inside when exchanged), 'grid_not_in_britain'.

    Raises:
        MonitorError: the look-up cannot be read as one.
    """
    given = pd.DataFrame({name: frame.get(name) for name in COLUMNS}, index=frame.index)
    # A million records have about a thousand places: each distinct one is placed once.
    which = given.groupby(list(COLUMNS), dropna=False, sort=False).ngroup().to_numpy()
    first = np.unique(which, return_index=True)[1]
    placed = _place_distinct(given.iloc[first].reset_index(drop=True), lsoa_lookup)
    return placed.take(which).set_axis(frame.index)


def _place_distinct(given: pd.DataFrame, lsoa_lookup: Path | None) -> pd.DataFrame:
    easting, northing = _grid(given)
    nearest = _nearest(easting, northing)
    swapped = _swapped(given, nearest)
    nearest["area_code"] = nearest["area_code"].mask(swapped)
    said = {
        "authority_code": _by_authority(given["authority_code"]),
        "authority_name": _by_authority(given["authority_name"]),
        "lsoa": _by_lsoa(given["lsoa_code"], lsoa_lookup),
        "postcode": _by_postcode(given["postcode"]),
        "grid_reference": nearest["area_code"],
    }
    area = pd.Series(AREA_NOT_KNOWN, index=given.index, dtype="str")
    basis = pd.Series("none", index=given.index, dtype="str")
    open_rows = pd.Series(True, index=given.index)
    for field, areas in said.items():
        decides = open_rows & areas.notna()
        area = area.mask(decides, areas)
        basis = basis.mask(decides, field)
        open_rows &= ~decides
    unrecognised = area == UNRECOGNISED
    is_conflicting = pd.Series(False, index=given.index)
    for field, areas in said.items():
        differs = areas.notna() & (areas != area) & (areas != UNRECOGNISED) & ~unrecognised
        if field == "grid_reference":
            differs &= _far_from(area, nearest, differs)
        is_conflicting |= differs
    return pd.DataFrame(
        {
            "area_code": area.mask(unrecognised),
            "area_basis": basis.mask(unrecognised, UNRECOGNISED),
            "is_conflicting": is_conflicting,
            "remarks": _remarks(given, said["postcode"], swapped),
        }
    )


def _remarks(given: pd.DataFrame, by_postcode: pd.Series, swapped: pd.Series) -> pd.Series:
    """The words of what is filled and says nothing, parted by spaces; '' where there is none."""
    postcode, lsoa = _text(given["postcode"]), _text(given["lsoa_code"]).str.upper()
    filled = {axis: _text(given[axis]).notna() for axis in ("easting", "northing")}
    number = {axis: _any_number(given[axis]) for axis in filled}
    unreadable = (filled["easting"] | filled["northing"]) & (number["easting"].isna() | number["northing"].isna())
    in_britain = pd.Series(True, index=given.index)
    for axis in filled:
        in_britain &= number[axis].between(*_BRITAIN[axis])
    kinds = {field: _authority_kind(given[field]) for field in ("authority_code", "authority_name")}
    noted = {
        POLICING_AREA: (kinds["authority_code"] == POLICING_AREA) | (kinds["authority_name"] == POLICING_AREA),
        WIDER_AREA: (kinds["authority_code"] == WIDER_AREA) | (kinds["authority_name"] == WIDER_AREA),
        "postcode_unknown": postcode.notna() & by_postcode.isna(),
        "lsoa_unreadable": lsoa.notna() & ~lsoa.str.match(_LSOA).fillna(False).astype(bool),
        "grid_unreadable": unreadable,
        "grid_swapped": swapped,
        "grid_not_in_britain": filled["easting"] & ~unreadable & ~in_britain,
    }
    remarks = pd.Series("", index=given.index, dtype="str")
    for word, is_noted in noted.items():
        is_noted = is_noted.fillna(False).astype(bool)
        remarks = remarks.mask(is_noted, remarks + " " + word)
    return remarks.str.strip()


def _text(values: pd.Series) -> pd.Series:
    """Trimmed text; blanks missing."""
    text = values.astype("str").str.strip()
    return text.mask(text == "")


def _key(name: str) -> str:
    """A name without the differences that mean nothing: case, punctuation, '&', the kind of council."""
    plain = re.sub(r"[.']", "", name.casefold()).replace("&", " and ")
    plain = re.sub(r"[^a-z0-9]+", " ", plain).strip()
    plain = re.sub(r"^(the|borough of|district of) ", "", plain)
    while (shorter := _OFFICE_WORDS.sub("", plain)) != plain:
        plain = shorter
    return plain


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """Authority names and codes met in practice -> area code; '' for one that does not decide an authority."""
    names = pd.read_csv(REFERENCE / "authority_names.csv", dtype="str", keep_default_na=False)
    return {_key(name): area for name, area in zip(names["name"], names["area_code"], strict=True)}


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    """Names met in an authority's place -> 'policing_area' or 'wider_area'."""
    names = pd.read_csv(REFERENCE / "authority_names.csv", dtype="str", keep_default_na=False)
    return {_key(name): kind for name, kind in zip(names["name"], names["kind"], strict=True) if kind}


def _authority_kind(values: pd.Series) -> pd.Series:
    def read(value: str) -> str | None:
        key = _key(value)
        return POLICING_AREA if _POLICING_AREA.search(key) else _kinds().get(key)

    return _text(values).map(read, na_action="ignore").astype("str")


def _by_authority(values: pd.Series) -> pd.Series:
    def read(value: str) -> str | None:
        if (key := _key(value)) in _spellings():
            return _spellings()[key] or None
        if not key or _POLICING_AREA.search(key):
            return None
        return AREA_OUTSIDE if _LOWER_TIER.match(value.upper()) else UNRECOGNISED

    return _text(values).map(read, na_action="ignore").astype("str")


def read_lookup(path: Path) -> dict[str, str]:
    """LSOA code -> area code, from a CSV with one or more LSOA code columns and one lower tier authority code column.

    The columns are recognised by their contents, so ONS and other layouts of any year will do. An LSOA listed under
    two areas says nothing. Raises MonitorError when the columns are not there or an authority of ours is not covered.
    """
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return _read_lookup(path, stamp)


@lru_cache(maxsize=4)
def _read_lookup(path: Path, stamp: int) -> dict[str, str]:
    try:
        table = pd.read_csv(path, dtype="str", encoding="utf-8-sig", keep_default_na=False)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as bad:
        raise _bad_lookup(path, f"the LSOA look-up cannot be read as a CSV file ({type(bad).__name__}).") from bad
    authorities = [name for name in table if table[name].str.match(_LOWER_TIER).mean() > 0.9]
    lsoas = [name for name in table if table[name].str.match(_LSOA).mean() > 0.9]
    if len(authorities) != 1 or not lsoas:
        raise _bad_lookup(path, "the LSOA look-up has no column of LSOA codes, or not one column of authority codes.")
    area = table[authorities[0]].where(table[authorities[0]].isin(AUTHORITIES), AREA_OUTSIDE)
    if missing := set(AUTHORITIES) - set(area):
        raise _bad_lookup(path, f"the LSOA look-up leaves out {len(missing)} of the nine authorities.")
    pairs = pd.concat([pd.DataFrame({"lsoa": table[name], "area": area}) for name in lsoas]).drop_duplicates()
    pairs = pairs.drop_duplicates("lsoa", keep=False)
    return dict(zip(pairs["lsoa"], pairs["area"], strict=True))


def _bad_lookup(path: Path, what: str) -> MonitorError:
    return MonitorError(
        what,
        where=f"{path} (MONITOR_LSOA_LOOKUP)",
        meaning="Nothing was loaded; the published figures are unchanged.",
        action="Name a look-up of LSOA to lower tier authority covering all nine, or unset it to use coordinates.",
    )


def _by_lsoa(values: pd.Series, lookup: Path | None) -> pd.Series:
    codes = _text(values).str.upper()
    if lookup is None:
        return pd.Series(np.nan, index=values.index, dtype="str")
    known = read_lookup(lookup)
    # The look-up covers all nine, so a well-formed code it does not list lies elsewhere.
    elsewhere = codes.str.match(_LSOA).fillna(False).astype(bool) & ~codes.isin(known)
    return codes.map(known).astype("str").mask(elsewhere, AREA_OUTSIDE)


def _by_postcode(values: pd.Series) -> pd.Series:
    wanted = _text(values).str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
    letters = sorted(set(wanted.dropna().str[:1]) - {""})
    if not letters:
        return pd.Series(np.nan, index=values.index, dtype="str")
    found = pd.concat([postcodes.by_letter(letter) for letter in letters])
    found = found[found["postcode"].isin(wanted)]
    return wanted.map(dict(zip(found["postcode"], found["area_code"], strict=True))).astype("str")


def _any_number(values: pd.Series) -> pd.Series:
    number = pd.to_numeric(_text(values).str.replace(",", "", regex=False), errors="coerce")
    return number.where(np.isfinite(number))


def _number(values: pd.Series, axis: str) -> pd.Series:
    number = _any_number(values)
    return number.where(number.between(*_BRITAIN[axis]))


def _grid(given: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Easting and northing in metres: as given, else from longitude and latitude. (0, 0) says nothing."""
    axes = {axis: _number(given[axis], axis) for axis in _BRITAIN}
    easting, northing = axes["easting"], axes["northing"]
    blank = easting.isna() | northing.isna() | ((easting == 0) & (northing == 0))
    degrees = blank & axes["longitude"].notna() & axes["latitude"].notna()
    easting, northing = easting.mask(blank), northing.mask(blank)
    if degrees.any():
        points = geopandas.GeoSeries.from_xy(axes["longitude"][degrees], axes["latitude"][degrees], crs=4326)
        metres = points.to_crs(27700)
        easting[degrees], northing[degrees] = metres.x, metres.y
    return easting, northing


def _points(frame: pd.DataFrame) -> np.ndarray:
    return shapely.points(frame["easting"].to_numpy(), frame["northing"].to_numpy())


@lru_cache(maxsize=len(AUTHORITIES) + 2)
def _tree(area: str | None) -> tuple[shapely.STRtree, np.ndarray]:
    """Postcodes of one area (of all, for None) as a search tree, and the area code of each."""
    frame = postcodes.neighbourhood()
    if area is not None:
        frame = frame[frame["area_code"] == area]
    return shapely.STRtree(_points(frame)), frame["area_code"].to_numpy()


def _search(points: np.ndarray, area: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Area code of, and metres to, the nearest postcode of each point."""
    tree, areas = _tree(area)
    found = tree.nearest(points)
    return areas[found], shapely.distance(points, tree.geometries[found])


def _nearest(easting: pd.Series, northing: pd.Series) -> pd.DataFrame:
    """area_code, metres, easting, northing of every row; area missing where there is no grid reference."""
    nearest = pd.DataFrame({"easting": easting, "northing": northing, "metres": np.nan})
    nearest["area_code"] = pd.Series(np.nan, index=nearest.index, dtype="str")
    known = easting.notna()
    if known.any():
        area, metres = _search(_points(nearest[known]), None)
        nearest.loc[known, "metres"] = metres
        nearest.loc[known, "area_code"] = np.where(metres <= FURTHEST_M, area, AREA_OUTSIDE)
    return nearest


def _swapped(given: pd.DataFrame, nearest: pd.DataFrame) -> pd.Series:
    """Whether an easting and northing outside would lie in one of the nine in each other's place."""
    swapped = pd.Series(False, index=nearest.index)
    outside = (nearest["area_code"] == AREA_OUTSIDE) & _any_number(given["easting"]).notna()
    if outside.any():
        exchanged = nearest[outside].rename(columns={"easting": "northing", "northing": "easting"})
        area, metres = _search(_points(exchanged), None)
        swapped[outside] = np.isin(area, AUTHORITIES) & (metres <= FURTHEST_M)
    return swapped


def _far_from(area: pd.Series, nearest: pd.DataFrame, differs: pd.Series) -> pd.Series:
    """Whether the area chosen is more than TOLERANCE_M further from the point than the nearest postcode."""
    far = pd.Series(False, index=area.index)
    for chosen in area[differs].unique():
        rows = differs & (area == chosen)
        metres = _search(_points(nearest[rows]), str(chosen))[1]
        far[rows] = metres - nearest["metres"][rows].to_numpy() > TOLERANCE_M
    return far
