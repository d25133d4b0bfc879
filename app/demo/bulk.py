"""How do hundreds of thousands of rows get into either database in a short time, and into the chain of acts?"""

import hashlib
import heapq
import pickle
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import IO, Any, Final, NamedTuple, cast

from sqlalchemy import Column, Connection, Row, Table, func, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.models import AuditEntry, AuditText, Base
from app.services.audit import GENESIS, canonical, hash_of

_ROWS_AT_ONCE: Final = 20_000
_FEW_VALUES: Final = 100_000
"""How many converted values of a column are kept: days, moments and words come again and again."""


class Ids:
    """Numbers rows before they are written, so that rows of other tables can point at them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last: Counter[str] = Counter()

    def next(self, model: type[Base]) -> int:
        """The next free id of the table."""
        name = model.__tablename__
        if name not in self._last:
            table = Base.metadata.tables[name]
            self._last[name] = self._connection.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
        self._last[name] += 1
        return self._last[name]


class Bulk:
    """Rows of many tables, written in large parts in the order in which the tables depend on one another."""

    def __init__(self, connection: Connection) -> None:
        self.ids = Ids(connection)
        self._connection = connection
        self._sheets: dict[str, _Sheet] = {}
        self._waiting = 0

    def add(self, row: Base) -> None:
        """A row by its mapped object, which belongs to no session."""
        sheet = self._sheet(row.__tablename__)
        self._count(sheet, tuple(row.__dict__.get(name) for name in sheet.names))

    def put(self, model: type[Base], **values: Any) -> None:
        """A row by its values."""
        sheet = self._sheet(model.__tablename__)
        self._count(sheet, tuple(map(values.get, sheet.names)))

    def write(self) -> None:
        """Write everything that waits."""
        for table in Base.metadata.sorted_tables:
            if table.name in self._sheets:
                self._sheets[table.name].write()
        self._waiting = 0

    def finish(self) -> None:
        """Write the rest; PostgreSQL is told which ids are taken."""
        self.write()
        if self._connection.dialect.name == "postgresql":
            for name, sheet in self._sheets.items():
                if sheet.is_numbered:
                    last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"  # noqa: S608
                    self._connection.execute(text(last))

    def _sheet(self, name: str) -> "_Sheet":
        if name not in self._sheets:
            self._sheets[name] = _Sheet(self._connection, Base.metadata.tables[name])
        return self._sheets[name]

    def _count(self, sheet: "_Sheet", row: tuple[Any, ...]) -> None:
        sheet.rows.append(row)
        self._waiting += 1
        if self._waiting >= _ROWS_AT_ONCE:
            self.write()


class _Sheet:
    """Rows of one table that wait to be written."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self.names = [column.key for column in table.columns]
        self.rows: list[tuple[Any, ...]] = []
        self.is_numbered = table.columns["id"].autoincrement is not False
        self._connection = connection
        self._table = table
        self._conversions = [_conversion(column, connection) for column in table.columns]

    def write(self) -> None:
        if not self.rows:
            return
        columns = [
            values if convert is None else map(convert, values)
            for convert, values in zip(self._conversions, zip(*self.rows, strict=True), strict=True)
        ]
        rows = list(zip(*columns, strict=True))
        self.rows.clear()
        if self._connection.dialect.name == "postgresql":
            self._copy(rows)
        else:
            places = ", ".join("?" * len(self.names))
            self._connection.exec_driver_sql(f"INSERT INTO {self._target} VALUES ({places})", rows)  # noqa: S608

    @property
    def _target(self) -> str:
        quote = self._connection.dialect.identifier_preparer.quote
        return f"{quote(self._table.name)} ({', '.join(map(quote, self.names))})"

    def _copy(self, rows: Iterable[Sequence[Any]]) -> None:
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {self._target} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _conversion(column: Column[Any], connection: Connection) -> Callable[[Any], Any] | None:
    """What makes of a value what the driver writes; the column's default where there is none."""
    dialect = connection.dialect
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    default = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
    if process is None and default is None:
        return None

    def converted(value: Any) -> Any:
        value = default if value is None else value
        return value if process is None or value is None else process(value)

    return lru_cache(_FEW_VALUES)(converted)


class _Act(NamedTuple):
    """An act that waits for its place in the chain."""

    at: datetime
    number: int
    """In which order acts of one moment happened."""
    actor_id: int | None
    action: str
    object_kind: str
    object_id: int | None
    subject_id: int | None
    details: str


class _Link(NamedTuple):
    """A row of the chain."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    object_kind: str
    object_id: int | None
    subject_id: int | None
    details: str
    previous_hash: str
    hash: str


class Chain:
    """Acts in the order in which they happen to be made up, chained in the order in which they happened.

    What does not fit into the memory waits in a file: parts, each in order, which are merged at the end.
    """

    def __init__(self, session: Session, bulk: Bulk, seed: int) -> None:
        self._session = session
        self._bulk = bulk
        self._seed = seed
        self._waiting: list[_Act] = []
        self._parts: list[IO[bytes]] = []
        self._number = self._done = 0
        self._texts = 0

    def note(
        self,
        at: datetime,
        action: str,
        *,
        actor_id: int | None,
        about: tuple[str, int | None],
        subject_id: int | None = None,
        details: Mapping[str, Any],
    ) -> None:
        """Somebody did something; the arguments are those of `app.services.audit.record`."""
        self._number += 1
        facts = canonical(details)
        self._waiting.append(_Act(at, self._number, actor_id, action, about[0], about[1], subject_id, facts))

    def words(self, written: str) -> dict[str, str]:
        """Keep words beside the chain; what stands for them in the details."""
        self._texts += 1
        # The salt must come out the same for the same seed; the words of a demo are no secret
        salt = hashlib.sha256(f"{self._seed}/{self._texts}".encode()).hexdigest()[:32]
        digest = hashlib.sha256((salt + written).encode()).hexdigest()
        self._bulk.put(AuditText, id=self._bulk.ids.next(AuditText), digest=digest, salt=salt, words=written)
        return {"digest": digest}

    def set_aside(self) -> None:
        """Keep the acts made up so far in a file of their own, in order."""
        part = tempfile.TemporaryFile()  # noqa: SIM115 - closed when all parts are merged
        for act in sorted(self._waiting):
            pickle.dump(tuple(act), part, pickle.HIGHEST_PROTOCOL)
        part.seek(0)
        self._parts.append(part)
        self._waiting.clear()

    @property
    def count(self) -> int:
        """How many acts were noted so far."""
        return self._number

    def write(self, until: datetime | None = None) -> Iterator[int]:
        """Chain what waits, up to a moment if one is given; yields how many acts are done, every now and then."""
        number, previous = self._head()
        later: list[_Act] = []
        self._waiting.sort()
        for act in heapq.merge(*map(_stored, self._parts), self._waiting):
            if until is not None and act.at >= until:
                later.append(act)
                continue
            number += 1
            link = _Link(number, act.at, act.actor_id, act.action, *act[4:], previous, "")
            previous = hash_of(cast("Row[Any]", link))
            self._bulk.put(AuditEntry, **link._replace(hash=previous)._asdict())
            self._done += 1
            if self._done % _ROWS_AT_ONCE == 0:
                yield self._done
        for part in self._parts:
            part.close()
        self._parts.clear()
        self._waiting = later
        self._bulk.write()
        yield self._done

    def _head(self) -> tuple[int, str]:
        wanted = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
        last = self._session.execute(wanted).one_or_none()
        return (last.id, last.hash) if last else (0, GENESIS)


def _stored(part: IO[bytes]) -> Iterator[_Act]:
    while True:
        try:
            yield _Act(*pickle.load(part))  # noqa: S301 - written by this very process
        except EOFError:
            return
