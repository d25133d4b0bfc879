"""How is the database reached, and when does a transaction begin and end?"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

try:
    # Debian 12's own SQLite has the WAL-reset race; this package bundles a library without it (ADR 0009).
    from pysqlite3 import dbapi2 as _sqlite
except ImportError:  # pragma: no cover - depends on the machine
    _sqlite = sqlite3

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BUSY_TIMEOUT_MS = 5_000
_WAL_RACE_FIXED = (3, 51, 3)
_WAL_RACE_BACKPORTS = ((3, 50, 7), (3, 44, 6))

Sessions = sessionmaker[Session]


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite library is free of the WAL-reset race (3.7.0 to 3.51.2 but for two backports)."""
    return version >= _WAL_RACE_FIXED or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_RACE_BACKPORTS
    )


def make_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL, set up so that both behave alike."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, module=_sqlite)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling would begin too late and break savepoints; SQLAlchemy sends BEGIN.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    journal = "WAL" if wal_is_safe(_sqlite.sqlite_version_info) else "DELETE"
    cursor.execute(f"PRAGMA journal_mode = {journal}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that begins deferred and then writes is refused at once when another wrote meanwhile,
    # whatever the busy timeout says; so whoever may write begins IMMEDIATE.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """The time of a migration, entered before its transaction: SQLite changes a table by dropping the old one.

    With foreign keys in force its children would go too. Raises RuntimeError where rows are left that point nowhere.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")  # does nothing inside a transaction
    try:
        yield
        if broken := driver.execute("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"a migration left rows that point nowhere: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def make_sessions(bind: Engine | Connection, **options: Any) -> Sessions:
    """The factory of sessions; objects stay readable after the commit so that pages can be built from them."""
    return sessionmaker(bind, expire_on_commit=False, **options)


@contextmanager
def transaction(sessions: Sessions, *, writes: bool = True) -> Iterator[Session]:
    """One transaction for jobs, commands and traces: committed at the end, rolled back on any exception."""
    with sessions.begin() as session:
        if writes:
            session.connection(execution_options={"writes": True})
        yield session


def _request_transaction(request: Request) -> Iterator[Session]:
    sessions: Sessions = request.app.state.sessions
    with transaction(sessions, writes=request.method not in SAFE_METHODS) as session:
        request.state.session = session
        yield session


DbSession = Annotated[Session, Depends(_request_transaction, scope="function")]
"""One session and one transaction a request, committed before the answer leaves (ADR 0003)."""


@contextmanager
def writing(request: Request) -> Iterator[Session]:
    """One of several transactions of a request that changes more than others could wait for (ADR 0003)."""
    with transaction(request.app.state.sessions) as session:
        request.state.session = session
        yield session


@contextmanager
def reading(request: Request) -> Iterator[Session]:
    """A request's read that ends before its route does, so that a trace of it can be written afterwards (ADR 0003)."""
    with transaction(request.app.state.sessions, writes=False) as session:
        request.state.session = session
        yield session
