"""How do hundreds of thousands of rows get into either database in a short time?"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Column, Connection, Date, Dialect, Enum, Table, text
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.models import AuditText, Base, Entry, EntryInput, EntryMilestone, Kpi, KpiInput, Objective
from app.models.base import UtcDateTime

Rows = Mapping[str, Sequence[tuple[Any, ...]]]
"""Rows by table, every value as the driver writes it, in the order of the table's columns."""

_FEW_VALUES: Final = 100_000
"""How many converted values of a column are kept: days, moments and words come again and again."""
_RECURRING: Final = (Date, Enum, UtcDateTime)
_CACHE_KIB: Final = 262_144
_MOST_OF_ONE: Final = {
    AuditText: 400, Entry: 1_200, EntryInput: 5_000, EntryMilestone: 50, Kpi: 20, KpiInput: 120, Objective: 20,
}  # fmt: skip
_MOST_OF_OTHERS: Final = 60


class Ids:
    """Numbers rows before they are written, so that rows of other tables can point at them.

    Who writes about some people only takes the numbers that are theirs, whatever the others need.
    """

    def __init__(self, people_before: int = 0) -> None:
        self._people_before = people_before
        self._last: Counter[type[Base]] = Counter()

    def next(self, model: type[Base]) -> int:
        """The next free id of the table."""
        if model not in self._last:
            self._last[model] = self._people_before * _MOST_OF_ONE.get(model, _MOST_OF_OTHERS)
        self._last[model] += 1
        return self._last[model]


class Sheets:
    """Rows of many tables that wait to be written."""

    def __init__(self, dialect: Dialect, ids: Ids) -> None:
        self.ids = ids
        self._dialect = dialect
        self._rows: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def add(self, row: Base) -> None:
        """A row by its mapped object, which belongs to no session."""
        name = row.__tablename__
        self._rows[name].append(tuple(map(row.__dict__.get, columns_of(name))))

    def put(self, model: type[Base], **values: Any) -> None:
        """A row by its values."""
        name = model.__tablename__
        self._rows[name].append(tuple(map(values.get, columns_of(name))))

    def taken(self) -> Rows:
        """Everything that waits, converted; the sheets are empty then."""
        converted = {name: self._converted(name, rows) for name, rows in self._rows.items()}
        self._rows.clear()
        return converted

    def _converted(self, name: str, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        conversions = _conversions(name, self._dialect)
        columns = [
            values if convert is None else map(convert, values)
            for convert, values in zip(conversions, zip(*rows, strict=True), strict=True)
        ]
        return list(zip(*columns, strict=True))


class Writer:
    """Writes rows of many tables in the order in which the tables depend on one another."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_postgresql = connection.dialect.name == "postgresql"
        self._written: set[str] = set()
        if not self._is_postgresql:
            # Indices over hashes are filled at random places: they must stay in the memory
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")

    def write(self, rows: Rows) -> None:
        """Write the rows as they are."""
        for table in Base.metadata.sorted_tables:
            if rows.get(table.name):
                self._written.add(table.name)
                self._insert(table, rows[table.name])

    def finish(self) -> None:
        """Tell PostgreSQL which ids are taken."""
        if not self._is_postgresql:
            return
        for name in self._written:
            sequence = self._connection.scalar(text(f"SELECT pg_get_serial_sequence('{name}', 'id')"))
            if sequence:
                self._connection.execute(text(f"SELECT setval('{sequence}', max(id)) FROM {name}"))  # noqa: S608

    def _insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        quote = self._connection.dialect.identifier_preparer.quote
        target = f"{quote(table.name)} ({', '.join(map(quote, columns_of(table.name)))})"
        if self._is_postgresql:
            self._copy(target, rows)
        else:
            places = ", ".join("?" * len(rows[0]))
            self._connection.exec_driver_sql(f"INSERT INTO {target} VALUES ({places})", list(rows))  # noqa: S608

    def _copy(self, target: str, rows: Iterable[tuple[Any, ...]]) -> None:
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


@lru_cache(100)
def columns_of(name: str) -> tuple[str, ...]:
    """The columns of a table in the order in which rows hold them."""
    return tuple(column.key for column in Base.metadata.tables[name].columns)


_KEPT: dict[tuple[str, str], list[Callable[[Any], Any] | None]] = {}


def _conversions(name: str, dialect: Dialect) -> list[Callable[[Any], Any] | None]:
    key = (name, dialect.name)
    if key not in _KEPT:
        _KEPT[key] = [_conversion(column, dialect) for column in Base.metadata.tables[name].columns]
    return _KEPT[key]


def _conversion(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes of a value what the driver writes; the column's default where there is none."""
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    default = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
    if process is None and default is None:
        return None

    def converted(value: Any) -> Any:
        value = default if value is None else value
        return value if process is None or value is None else process(value)

    # Numbers that are equal may still be written with different digits, and texts rarely come again
    return lru_cache(_FEW_VALUES)(converted) if isinstance(column.type, _RECURRING) else converted
