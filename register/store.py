"""Where the register is: one database by URL. SQLite in WAL mode by default; nothing here needs it to be SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, delete, event, insert, inspect, make_url, select
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from core.errors import MonitorError
from register.tables import SCHEMA_VERSION, metadata, schema

_WAIT_SECONDS = 30


def open_to_read(url: str) -> Engine | None:
    """The register at `url`, or None when nothing was ever written there. Creates nothing.

    Raises MonitorError when a newer version of this program wrote it.
    """
    if _is_missing(url):
        return None
    engine = _engine(url)
    if not inspect(engine).has_table(schema.name):
        return None
    with engine.connect() as connection:
        _check_version(connection)
    return engine


def open_to_write(url: str) -> Engine:
    """The register at `url`, made if it is not there and brought up to this version if it is older.

    Raises MonitorError when a newer version wrote it.
    """
    file = _file(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(url)
    try:
        with writing(engine) as connection:
            held = connection.scalar(select(schema.c.version)) if inspect(connection).has_table(schema.name) else None
            if held is None:
                metadata.create_all(connection)
                _set_version(connection)
            elif held < SCHEMA_VERSION:
                bring_up(connection, held)
    except (IntegrityError, OperationalError, ProgrammingError):
        # Two processes made the same register at once; the other one's tables serve both.
        if not _is_ready(engine):
            raise
    with engine.connect() as connection:
        _check_version(connection)
    return engine


def bring_up(connection: Connection, version: int) -> None:
    """Make the older register behind `connection` one of this version, inside the caller's transaction."""
    from register import migrations  # seldom needed, and slow to import

    migrations.bring_up(connection, version)
    _set_version(connection)


def _set_version(connection: Connection) -> None:
    connection.execute(delete(schema))
    connection.execute(insert(schema).values(version=SCHEMA_VERSION, applied_at=_utc_now()))


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that will write: everything in it is kept, or nothing."""
    with engine.connect().execution_options(will_write=True) as connection, connection.begin():
        yield connection


def _is_ready(engine: Engine) -> bool:
    if not inspect(engine).has_table(schema.name):
        return False
    with engine.connect() as connection:
        return (connection.scalar(select(schema.c.version)) or 0) >= SCHEMA_VERSION


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _check_version(connection: Connection) -> None:
    version = connection.scalar(select(schema.c.version))
    if version is not None and version > SCHEMA_VERSION:
        raise MonitorError(
            f"the register was written by a newer version (schema {version}; this program knows {SCHEMA_VERSION}).",
            where="MONITOR_REGISTER, or register.sqlite in the data directory",
            meaning="The delivery plan is not shown and nothing can be saved; recorded figures are not affected.",
            action="Run the newer version of the program, or restore the register from a backup made with this one.",
        )


def _file(url: str) -> Path | None:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def _is_missing(url: str) -> bool:
    file = _file(url)
    return file is not None and not file.exists()


@lru_cache(maxsize=8)
def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": _WAIT_SECONDS})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions late and only for some statements; we begin them ourselves.
    connection.isolation_level = None
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its turn at the start: two who read first and write later would both be refused.
    will_write = connection.get_execution_options().get("will_write", False)
    connection.exec_driver_sql("begin immediate" if will_write else "begin")
