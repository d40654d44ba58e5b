"""Outlines of the nine authorities: derived from the postcode directory, or official ones named by the deployment.

Derived: the Voronoi cells of every postcode in and around the nine authorities, dissolved by authority and simplified
together so that neighbours still share every border exactly. They are an approximation for drawing (intersection over
union with the official boundaries about 0.91) and are never used to place a record.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely

from core.errors import MonitorError
from core.model import AREA_OUTSIDE, AUTHORITIES
from core.settings import REFERENCE, ROOT, Settings
from core.words import label
from geo import postcodes

DERIVED = REFERENCE / "outlines.geojson"
# The browser's copy: public, like everything under static/.
SERVED = ROOT / "static" / "outlines.geojson"
TOPOLOGY = ROOT / "static" / "topo"

METRES = "EPSG:27700"
DEGREES = "EPSG:4326"
# About one hundred vertices an authority: 25 kB, and no visible difference at the width of a screen.
TOLERANCE_M = 150
# Degrees to five places: one metre.
PLACES = 5
# Official files of more vertices than this are simplified for drawing, by just as much as it takes.
MOST_VERTICES = 9 * 350
# Borders digitised twice may cross by slivers, which are mended; anything larger is a mistake in the file.
SLIVER_SHARE = 0.001
# Official outlines must at least look like the derived ones: this catches swapped codes and a wrong CRS.
LEAST_AGREEMENT = 0.5
LICENCE = "Open Government Licence v3.0, https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
ATTRIBUTION = (
    "Derived from the ONS Postcode Directory (Office for National Statistics). "
    "Contains OS data © Crown copyright and database right {year}. "
    "Contains Royal Mail data © Royal Mail copyright and database right {year}. "
    "Contains National Statistics data © Crown copyright and database right {year}. "
    "Approximate outlines for drawing; not official boundaries."
)
# What plotly.js asks for beside its own maps: the world, of which we draw nothing, so that it asks no server for it.
_LAYERS = ("coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits")
_SCALES = ("world_110m", "world_50m")


def load(settings: Settings) -> geopandas.GeoDataFrame:
    """The outlines this deployment draws: area_code, name, geometry (EPSG:4326), one row per authority.

    Raises MonitorError when settings.boundaries names a file that cannot be used.
    """
    if settings.boundaries is None:
        return geopandas.read_file(DERIVED)[["area_code", "name", "geometry"]]
    return official(settings.boundaries)


def as_geojson(outlines: geopandas.GeoDataFrame, *, clockwise: bool, **about: str) -> dict[str, Any]:
    """A GeoJSON document of the outlines, with `about` among its top-level members.

    Args:
        outlines: area_code, name, geometry in EPSG:4326.
        clockwise: exterior rings clockwise, which is what plotly's choropleth fills; RFC 7946 wants the reverse.
    """
    rings = shapely.orient_polygons(outlines.geometry.to_numpy(), exterior_cw=clockwise)
    features = [
        {
            "type": "Feature",
            "id": code,
            "properties": {"area_code": code, "name": name},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for code, name, shape in zip(outlines["area_code"], outlines["name"], rings, strict=True)
    ]
    return {"type": "FeatureCollection", **about, "features": features}


def derive() -> geopandas.GeoDataFrame:
    """The nine outlines from the postcode directory: area_code, name, geometry (EPSG:4326). The same every time."""
    sites = _sites()
    cells = _cells(sites)
    area = _without_islands(cells, sites["area_code"].to_numpy())
    outlines = geopandas.GeoSeries([shapely.coverage_union_all(cells[area == code]) for code in AUTHORITIES])
    return _finish(outlines.set_crs(METRES).simplify_coverage(TOLERANCE_M))


def official(path: Path) -> geopandas.GeoDataFrame:
    """Official outlines from any file geopandas reads, repaired: area_code, name, geometry (EPSG:4326).

    Raises MonitorError when the file cannot be read, has no CRS, lacks one of the nine codes, or its outlines cannot
    be repaired, overlap, or are not where the authorities are.
    """
    return _official(path, path.stat().st_mtime_ns if path.exists() else 0)


def publish(boundaries: Path | None = None) -> list[Path]:
    """Write the committed outlines (unless official ones are named) and the browser's copy; returns the paths."""
    if boundaries is None:
        outlines = derive()
        about = {
            "vintage": f"ONS Postcode Directory as in {postcodes.PACKAGE} {postcodes.vintage()}",
            "licence": LICENCE,
            "attribution": ATTRIBUTION.format(year=postcodes.vintage().split(".")[0]),
        }
        written = [_write(DERIVED, as_geojson(outlines, clockwise=False, **about))]
    else:
        outlines = official(boundaries)
        about = {"vintage": f"Official boundaries supplied as {boundaries.name}"}
        written = []
    written.append(_write(SERVED, as_geojson(outlines, clockwise=True, **about)))
    nothing = {"type": "GeometryCollection", "geometries": []}
    empty = {"type": "Topology", "objects": dict.fromkeys(_LAYERS, nothing), "arcs": []}
    return written + [_write(TOPOLOGY / f"{scale}.json", empty) for scale in _SCALES]


def _write(path: Path, document: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return path


def _sites() -> pd.DataFrame:
    """One row per distinct grid reference: easting, northing, area_code (the commonest among its postcodes)."""
    counted = postcodes.neighbourhood().groupby(["easting", "northing", "area_code"], as_index=False).size()
    counted = counted.sort_values(["easting", "northing", "size", "area_code"], ascending=[True, True, False, True])
    return counted.drop_duplicates(["easting", "northing"], ignore_index=True)


def _cells(sites: pd.DataFrame) -> np.ndarray:
    points = shapely.multipoints(sites[["easting", "northing"]].to_numpy())
    return shapely.get_parts(shapely.voronoi_polygons(points, ordered=True))


def _without_islands(cells: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Area of each cell, with every detached part given to the area round it.

    Each of the nine is one piece of land; a detached cell is a postcode coded to an office elsewhere.
    """
    area = area.copy()
    tree = shapely.STRtree(shapely.centroid(cells))
    for code in (*AUTHORITIES, AREA_OUTSIDE):
        parts = shapely.get_parts(shapely.coverage_union_all(cells[area == code]))
        for island in sorted(parts, key=shapely.area)[:-1]:
            # What lies beyond the rim of the Voronoi diagram is not ours to draw.
            inside = tree.query(island, predicate="contains")
            around = np.setdiff1d(tree.query(island.buffer(1_000), predicate="contains"), inside)
            shared = shapely.length(shapely.intersection(cells[around], island.boundary))
            length = pd.Series(shared).groupby(area[around]).sum()
            if length.max() > 0:
                area[inside] = length.idxmax()
    return area


def _finish(outlines: geopandas.GeoSeries) -> geopandas.GeoDataFrame:
    """In degrees, rounded: neighbours share each vertex, and rounding moves both copies of it alike."""
    degrees = outlines.to_crs(DEGREES)
    shapes = shapely.transform(degrees.to_numpy(), lambda at: np.round(at, PLACES))
    names = [label("area", code) for code in AUTHORITIES]
    return geopandas.GeoDataFrame({"area_code": list(AUTHORITIES), "name": names}, geometry=shapes, crs=DEGREES)


@lru_cache(maxsize=2)
def _official(path: Path, stamp: int) -> geopandas.GeoDataFrame:
    try:
        table = geopandas.read_file(path)
    except (OSError, ValueError, RuntimeError) as bad:
        raise _refusal(path, f"the boundaries file cannot be read ({type(bad).__name__}).") from bad
    if not isinstance(table, geopandas.GeoDataFrame) or table.crs is None:
        raise _refusal(path, "the boundaries file does not say which coordinate reference system it is in.")
    named = [name for name in table if name != "geometry" and set(AUTHORITIES) <= set(table[name].astype("str"))]
    if not named:
        raise _refusal(path, "the boundaries file has no column holding the codes of all nine authorities.")
    ours = table[table[named[0]].astype("str").isin(AUTHORITIES)].set_index(named[0])
    if not ours.index.is_unique:
        raise _refusal(path, "the boundaries file has an authority more than once.")
    shapes = ours.geometry.reindex(AUTHORITIES).to_crs(METRES).reset_index(drop=True)
    return _finish(_drawable(_mended(path, shapes)))


def _mended(path: Path, shapes: geopandas.GeoSeries) -> geopandas.GeoSeries:
    """Valid polygons that meet exactly, or a refusal."""
    valid = shapely.make_valid(shapes.to_numpy(), method="structure", keep_collapsed=False)
    if (~np.isfinite(shapely.area(valid)) | (shapely.area(valid) == 0)).any():
        raise _refusal(path, "an authority in the boundaries file has no area.")
    derived = geopandas.read_file(DERIVED).to_crs(METRES).set_index("area_code").geometry[list(AUTHORITIES)].to_numpy()
    agreement = shapely.area(shapely.intersection(valid, derived)) / shapely.area(shapely.union(valid, derived))
    for code, share in zip(AUTHORITIES, agreement, strict=True):
        if not share >= LEAST_AGREEMENT:
            raise _refusal(path, f"the boundary of {label('area', code)} does not lie where that authority is.")
    union = shapely.area(shapely.union_all(valid))
    if shapely.area(valid).sum() - union > SLIVER_SHARE * union:
        raise _refusal(path, "authorities in the boundaries file overlap.")
    return geopandas.GeoSeries(shapely.coverage_clean(valid), crs=METRES)


def _drawable(shapes: geopandas.GeoSeries) -> geopandas.GeoSeries:
    tolerance, drawn = 10.0, shapes
    while shapely.get_num_coordinates(drawn.to_numpy()).sum() > MOST_VERTICES:
        drawn, tolerance = shapes.simplify_coverage(tolerance), tolerance * 1.5
    return drawn


def _refusal(path: Path, what: str) -> MonitorError:
    return MonitorError(
        what,
        where=f"{path} (MONITOR_BOUNDARIES or --boundaries)",
        meaning="No map is drawn from it. No figure depends on the outlines, so none has changed.",
        action="Give a file of the nine local authority districts from the ONS Open Geography Portal, or unset it.",
    )
