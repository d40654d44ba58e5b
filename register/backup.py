"""Backup and restore: the whole register in one file, whatever database holds it or will.

A backup is a zip of one JSON Lines part a table, rows in the order of their numbers, and a manifest with the version
of the register, what each table looked like then, and how many rows and which sha-256 each part has. It is read from
one moment of the register, written aside, read again whole, and moved into place. A restore puts all of it into an
empty register or nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.types import TypeEngine

from core.errors import MonitorError
from register import store
from register.tables import KEPT, SCHEMA_VERSION, guards, journal, metadata, schema

FORMAT = 1
"""The version of the backup's own layout."""

_MANIFEST = "manifest.json"
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, KeyError, ValueError, TypeError, AttributeError,
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """What a backup holds.

    Attributes:
        schema_version: the version of the register it was made from.
        at: when it was made (UTC).
        rows: table -> rows.
    """

    schema_version: int
    at: datetime
    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())

    def as_dict(self) -> dict[str, Any]:
        """The same for `--json`."""
        return {"schema_version": self.schema_version, "at": self.at.isoformat(), "rows": dict(self.rows)}


@dataclass(frozen=True)
class _Backup:
    """A backup that was read and found whole: its manifest, and the rows of each table."""

    kept: Kept
    tables: Mapping[str, Any]
    rows: Mapping[str, list[dict[str, Any]]]


def back_up(url: str, path: Path) -> Kept:
    """Copy the register at `url` into one file at `path`, which is replaced if it is there.

    Raises MonitorError when nothing was ever written there, a newer program wrote it, or the file cannot be written.
    """
    engine = store.open_to_read(url)
    if engine is None:
        raise MonitorError(
            "there is no register to back up: nothing was ever written in it.",
            where="MONITOR_REGISTER, or register.sqlite in the data directory",
            meaning="No backup was made.",
            action="Check which register this deployment uses.",
        )
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _write(engine, aside)
        kept = _read(aside).kept
        aside.replace(path)
    except OSError as failed:
        raise MonitorError(
            f"the backup could not be written ({type(failed).__name__}).",
            where=str(path),
            meaning="No backup was made; one that was there before is as it was.",
            action="Check the folder, your rights to it and the room on the disk.",
        ) from failed
    finally:
        aside.unlink(missing_ok=True)
    return kept


def restore(url: str, path: Path) -> Kept:
    """Put a backup into the empty register at `url`, which is made if it is not there: all of it, or nothing.

    A backup of an older version is restored as it was and then brought up.

    Raises MonitorError when the register holds anything, when the backup is damaged or not whole, or when a newer
    program wrote it.
    """
    backup = _read(path)
    engine = store.open_to_write(url)
    with store.writing(engine) as connection:
        connection.execute(select(schema.c.version).with_for_update())
        if any(connection.scalar(select(func.count()).select_from(table)) for table in (journal, *KEPT.values())):
            raise MonitorError(
                "the register is not empty, so nothing can be restored into it.",
                where="MONITOR_REGISTER, or register.sqlite in the data directory",
                meaning="Nothing was written; the register is as it was.",
                action="Move it away, or name another register in MONITOR_REGISTER, and restore into that.",
            )
        version = backup.kept.schema_version
        tables = metadata if version == SCHEMA_VERSION else _as_they_were(connection, backup)
        connection.execute(delete(schema))
        for table in tables.sorted_tables:
            if backup.rows[table.name]:
                connection.execute(insert(table), backup.rows[table.name])
        if version < SCHEMA_VERSION:
            store.bring_up(connection, version)
        _go_on_counting(connection)
    return backup.kept


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the register as it is now, whatever is saved meanwhile."""
    # SQLite's readers always do; elsewhere it is asked for.
    asked = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**asked) as connection, connection.begin():
        yield connection


def _write(engine: Engine, aside: Path) -> None:
    described: dict[str, Any] = {}
    with (
        _one_moment(engine) as connection,
        aside.open("wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        version = connection.scalar(select(schema.c.version))
        # Its tables as they are, which are not those of this program when it is older.
        held = MetaData()
        ours = metadata.tables.keys() & set(inspect(connection).get_table_names())
        held.reflect(connection, only=sorted(ours))
        for table in held.sorted_tables:
            digest, rows = hashlib.sha256(), 0
            with package.open(f"{table.name}.jsonl", "w") as part:
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
                    line = json.dumps({name: _plain(value) for name, value in row.items()}, allow_nan=False) + "\n"
                    part.write(line.encode("utf-8"))
                    digest.update(line.encode("utf-8"))
                    rows += 1
            described[table.name] = {"rows": rows, "sha256": digest.hexdigest(), **_described(table)}
        manifest = {
            "format": FORMAT,
            "schema_version": version,
            "at": datetime.now(UTC).isoformat(),
            "tables": described,
        }
        package.writestr(_MANIFEST, json.dumps(manifest, indent=1))
    with aside.open("rb+") as written:
        os.fsync(written.fileno())


def _read(path: Path) -> _Backup:
    """A backup, read whole and compared with its manifest before anything is done with it."""
    try:
        with zipfile.ZipFile(path) as package:
            manifest = json.loads(package.read(_MANIFEST))
            if manifest["format"] != FORMAT or manifest["schema_version"] > SCHEMA_VERSION:
                raise _newer(path)
            names = {f"{name}.jsonl" for name in manifest["tables"]} | {_MANIFEST}
            if sorted(package.namelist()) != sorted(names):
                raise _damaged(path, "its parts are not those its manifest lists")
            rows = {
                name: _rows(path, name, package.read(f"{name}.jsonl"), described)
                for name, described in manifest["tables"].items()
            }
            kept = Kept(
                int(manifest["schema_version"]),
                datetime.fromisoformat(manifest["at"]),
                {name: len(found) for name, found in rows.items()},
            )
            _check_tables(path, kept.schema_version, manifest["tables"], rows)
    except _UNREADABLE:
        raise _damaged(path, "it cannot be read as a whole") from None
    return _Backup(kept, manifest["tables"], rows)


def _rows(path: Path, name: str, part: bytes, described: Mapping[str, Any]) -> list[dict[str, Any]]:
    if hashlib.sha256(part).hexdigest() != described["sha256"]:
        raise _damaged(path, f"the part of the table {name} is not the one that was written")
    lines = part.decode("utf-8").splitlines()
    days = {column["name"] for column in described["columns"] if column["kind"] == "datetime"}
    rows = [
        {name: datetime.fromisoformat(value) if name in days and value else value for name, value in row.items()}
        for row in map(json.loads, lines)
    ]
    if len(rows) != described["rows"]:
        raise _damaged(path, f"the part of the table {name} has not the rows its manifest says")
    return rows


def _check_tables(
    path: Path, version: int, described: Mapping[str, Any], rows: Mapping[str, list[dict[str, Any]]]
) -> None:
    """The parts are those of a register of the version the manifest says."""
    if [row["version"] for row in rows[schema.name]] != [version] or journal.name not in rows:
        raise _damaged(path, "it is not of the version it says")
    if version == SCHEMA_VERSION:
        columns = {name: [column["name"] for column in table["columns"]] for name, table in described.items()}
        if {name: sorted(found) for name, found in columns.items()} != {
            name: sorted(table.columns.keys()) for name, table in metadata.tables.items()
        }:
            raise _damaged(path, "its tables are not those of its version")


def _newer(path: Path) -> MonitorError:
    return MonitorError(
        f"the backup was made by a newer version (this program knows schema {SCHEMA_VERSION}).",
        where=str(path),
        meaning="Nothing was restored.",
        action="Restore it with the version that made it, or a later one.",
    )


def _damaged(path: Path, why: str) -> MonitorError:
    return MonitorError(
        f"the backup is not whole: {why}.",
        where=str(path),
        meaning="Nothing was restored; the register is as it was.",
        action="Take another copy of it, or an earlier backup.",
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _described(table: Table) -> dict[str, Any]:
    """What a table looks like, for a program that no longer has it so."""
    return {
        "columns": [
            {
                "name": column.name,
                "kind": _kind(column.type),
                "length": getattr(column.type, "length", None),
                "is_empty": bool(column.nullable),
                "refers_to": [key.target_fullname for key in column.foreign_keys],
            }
            for column in table.columns
        ],
        "primary": [column.name for column in table.primary_key],
        "unique": sorted(
            [column.name for column in constraint.columns]
            for constraint in table.constraints
            if isinstance(constraint, UniqueConstraint)
        ),
    }


_KINDS: dict[str, type[TypeEngine[Any]]] = {
    "boolean": Boolean,
    "datetime": DateTime,
    "float": Float,
    "integer": Integer,
    "text": Text,
    "string": String,  # after text, which is one
}


def _kind(found: TypeEngine[Any]) -> str:
    return next(name for name, kind in _KINDS.items() if isinstance(found, kind))


def _type(column: Mapping[str, Any]) -> TypeEngine[Any]:
    if column["kind"] == "string":
        return String(column["length"])
    return Float(53) if column["kind"] == "float" else _KINDS[column["kind"]]()


def _as_they_were(connection: Connection, backup: _Backup) -> MetaData:
    """Make the empty tables again as the older register had them."""
    metadata.drop_all(connection)
    older = MetaData()
    for name, described in backup.tables.items():
        columns = [
            Column(
                column["name"],
                _type(column),
                *(ForeignKey(target) for target in column["refers_to"]),
                nullable=column["is_empty"],
                primary_key=column["name"] in described["primary"],
                autoincrement=False if name == schema.name else "auto",
            )
            for column in described["columns"]
        ]
        table = Table(name, older, *columns, *(UniqueConstraint(*names) for names in described["unique"]))
        for guard in guards(name) if name not in (schema.name, journal.name) else []:
            event.listen(table, "after_create", guard)
    older.create_all(connection)
    return older


def _go_on_counting(connection: Connection) -> None:
    """Where the database counts the numbers of rows apart from the rows, set it to go on after those restored."""
    if connection.dialect.name != "postgresql":
        return
    for table in (journal, *KEPT.values()):
        number = next(iter(table.primary_key))
        last = connection.scalar(select(func.max(number)))
        if last is not None:
            connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, number.name), last)))
