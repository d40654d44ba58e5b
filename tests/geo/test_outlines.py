"""The outlines: exact topology, repeatable bytes, close to the official ones, and official files checked before use."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas
import pytest
import shapely
from shapely import affinity
from typer.testing import CliRunner

from core.errors import MonitorError
from core.model import AUTHORITIES
from core.settings import load_settings
from geo import outlines
from geo.__main__ import app

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
ONS = SHARED / "boundaries" / "llr_lad_2020_ons.geojson"


@pytest.fixture(scope="module")
def drawn() -> geopandas.GeoDataFrame:
    return outlines.load(replace(load_settings(), boundaries=None))


def test_nine_valid_polygons_of_one_piece(drawn: geopandas.GeoDataFrame) -> None:
    assert sorted(drawn["area_code"]) == sorted(AUTHORITIES)
    assert set(drawn.geom_type) == {"Polygon"}
    assert drawn.geometry.is_valid.all()


def test_no_gap_and_no_overlap(drawn: geopandas.GeoDataFrame) -> None:
    shapes = drawn.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.coverage_union_all(shapes)
    assert shapely.get_num_geometries(whole) == 1
    (land,) = shapely.get_parts(whole)
    assert shapely.get_num_interior_rings(land) == 0
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(whole), rel=1e-9)


def test_close_to_the_official_boundaries(drawn: geopandas.GeoDataFrame) -> None:
    if not ONS.exists():
        pytest.skip("the shared ONS boundaries are not on this machine")
    theirs = geopandas.read_file(ONS).to_crs(27700).set_index("AREACD").geometry.make_valid()
    ours = drawn.to_crs(27700).set_index("area_code").geometry
    both = [ours[c].intersection(theirs[c]).area / ours[c].union(theirs[c]).area for c in AUTHORITIES]
    assert sum(both) / len(both) >= 0.90
    assert min(both) >= 0.80


def test_deriving_again_gives_the_committed_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "DERIVED", tmp_path / "derived.geojson")
    monkeypatch.setattr(outlines, "SERVED", tmp_path / "served.geojson")
    monkeypatch.setattr(outlines, "TOPOLOGY", tmp_path / "topo")
    committed = (outlines.REFERENCE / "outlines.geojson").read_bytes()
    outlines.publish()
    assert (tmp_path / "derived.geojson").read_bytes() == committed
    assert (tmp_path / "served.geojson").read_bytes() == (outlines.ROOT / "static" / "outlines.geojson").read_bytes()


def test_the_files_say_their_vintage_and_licence_and_are_small() -> None:
    for path in (outlines.DERIVED, outlines.SERVED):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert "Postcode Directory" in document["vintage"]
        assert "Open Government Licence v3.0" in document["licence"]
        assert "Royal Mail data" in document["attribution"]
        assert "Contains OS data" in document["attribution"]
        assert path.stat().st_size < 60_000


def test_rings_run_clockwise_for_plotly_and_by_the_standard_in_the_committed_file() -> None:
    for path, clockwise in ((outlines.SERVED, True), (outlines.DERIVED, False)):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            ring = shapely.LinearRing(feature["geometry"]["coordinates"][0])
            assert ring.is_ccw is not clockwise, feature["id"]


def test_the_empty_topologies_have_every_layer_plotly_reads_and_nothing_in_them() -> None:
    for scale in ("world_110m", "world_50m"):
        topology = json.loads((outlines.TOPOLOGY / f"{scale}.json").read_text(encoding="utf-8"))
        assert topology["arcs"] == []
        assert {"coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits"} == set(topology["objects"])


def test_the_official_ons_file_is_accepted_and_mended() -> None:
    if not ONS.exists():
        pytest.skip("the shared ONS boundaries are not on this machine")
    official = outlines.load(replace(load_settings(), boundaries=ONS))
    assert list(official["area_code"]) == list(AUTHORITIES)
    assert official.geometry.is_valid.all()
    assert shapely.coverage_is_valid(official.geometry.to_numpy())


Change = Callable[[geopandas.GeoDataFrame], geopandas.GeoDataFrame]


def saved(folder: Path, drawn: geopandas.GeoDataFrame, change: Change) -> Path:
    path = folder / "given.gpkg"
    change(drawn.to_crs(27700).rename(columns={"area_code": "LAD24CD"})).to_file(path)
    return path


def bow_tie(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """One ring that crosses itself, as hand-edited boundaries do."""
    x, y = shapely.get_coordinates(frame.geometry.iloc[4])[0]
    spike = shapely.Polygon([(x, y), (x + 20, y), (x, y + 20), (x + 20, y + 20)])
    ring = list(frame.geometry.iloc[4].exterior.coords)[:-1] + list(spike.exterior.coords)[:-1]
    frame.loc[frame.index[4], "geometry"] = shapely.Polygon(ring)
    return frame


def enlarged(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    frame["geometry"] = frame.geometry.buffer(1_000)
    return frame


def swapped(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    frame["LAD24CD"] = list(frame["LAD24CD"])[::-1]
    return frame


def moved(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    frame["geometry"] = [affinity.translate(shape, 500_000, 0) for shape in frame.geometry]
    return frame


def test_an_invalid_ring_is_repaired(tmp_path: Path, drawn: geopandas.GeoDataFrame) -> None:
    path = saved(tmp_path, drawn, bow_tie)
    assert not geopandas.read_file(path).geometry.is_valid.all()
    official = outlines.official(path)
    assert official.geometry.is_valid.all()
    assert shapely.coverage_is_valid(official.geometry.to_numpy())


def test_a_detailed_national_file_is_cut_down_to_the_nine(tmp_path: Path, drawn: geopandas.GeoDataFrame) -> None:
    def national(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
        frame["geometry"] = frame.geometry.segmentize(20)
        elsewhere = frame.iloc[[0]].assign(LAD24CD="E06000018", geometry=[shapely.box(450e3, 335e3, 460e3, 345e3)])
        return geopandas.pd.concat([frame, elsewhere])

    official = outlines.official(saved(tmp_path, drawn, national))
    assert len(official) == 9
    assert shapely.get_num_coordinates(official.geometry.to_numpy()).sum() <= outlines.MOST_VERTICES


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame.iloc[:8], "codes of all nine"),
        (lambda frame: geopandas.pd.concat([frame, frame.iloc[[0]]]), "more than once"),
        (enlarged, "overlap"),
        (swapped, "does not lie where"),
        (moved, "does not lie where"),
    ],
)
def test_official_outlines_that_are_wrong_are_refused(
    tmp_path: Path, drawn: geopandas.GeoDataFrame, change: Change, words: str
) -> None:
    with pytest.raises(MonitorError) as refused:
        outlines.official(saved(tmp_path, drawn, change))
    assert words in refused.value.what
    assert refused.value.exit_code == 3


@pytest.mark.parametrize("content", [b"", b"\x00\x01binary", b'{"type": "FeatureCollection", "features": []}'])
def test_a_file_that_holds_no_boundaries_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "given.geojson"
    path.write_bytes(content)
    with pytest.raises(MonitorError):
        outlines.official(path)


def test_a_missing_file_is_refused_with_four_parts_and_exit_three(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["outlines", "--boundaries", str(tmp_path / "absent.geojson")])
    assert result.exit_code == 3
    assert "What to do:" in result.output
    assert "Traceback" not in result.output


def test_a_file_without_a_crs_is_refused(tmp_path: Path, drawn: geopandas.GeoDataFrame) -> None:
    path = tmp_path / "given.shp"
    geopandas.GeoDataFrame(drawn.rename(columns={"area_code": "code"})).set_crs(None, allow_override=True).to_file(path)
    with pytest.raises(MonitorError, match="coordinate reference system"):
        outlines.official(path)
