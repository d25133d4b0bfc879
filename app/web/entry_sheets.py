"""How does a grid of figures stand on a page: which table, which columns, what in each cell?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlencode

from app.i18n import Locale, mark
from app.messages import code_text
from app.models import Entry, Kpi
from app.plan_words import unit_typed
from app.rules.data_quality import Flag
from app.rules.vocabulary import Frequency, MeasureKind
from app.services.actuals_grid import Grid, Row
from app.services.entry_books import figure_of, form_of
from app.services.grid_squares import Square
from app.web.entry_fields import (
    Key,
    Leaf,
    faults_text,
    figure_words,
    labels_of,
    leaves_of,
    outcome_text,
    target_of,
    was_field,
    was_value,
)
from app.web.entry_saving import Saved
from app.web.forms import Form

_WIDE: Final = 13
"""Signs of a number from which on a column needs more room: `1.250.000.000`."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: a KPI, for the whole period or for one of its slots."""

    name: str
    unit: str
    slot: str
    """The slot's name where the period has several."""
    parts: tuple[str, ...]
    """Names of inputs or milestones, where an entry has several fields."""
    leaves: int
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One figure with its fields and with what helps to fill them."""

    key: Key
    label: str
    leaves: tuple[Leaf, ...]
    was_field: str
    was: str
    is_filled: bool
    is_open: bool
    closed: str
    """Why nothing may be recorded, in words."""
    target: str
    previous: str
    parts: str
    """What the entries of shorter spans come to, in words."""
    address: str
    """The page with everything about these entries."""
    fault: str
    overtaken: str
    """What somebody else recorded meanwhile."""
    unit: str
    flags: tuple[Flag, ...] = ()
    column: int = 0
    """The place of the first field, counted over the fields of the row."""

    @property
    def id(self) -> str:
        """The cell's place on the page."""
        return f"cell-{self.key[0]}-{self.key[1]}"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: an employee, or a day."""

    title: str
    note: str
    cells: tuple[SheetCell | None, ...]
    """None where the employee has no such KPI."""
    not_due: tuple[str, ...] = ()

    @property
    def filled(self) -> int:
        """Figures that are there."""
        return sum(cell.is_filled for cell in self.cells if cell)

    @property
    def due(self) -> int:
        """Figures that are due."""
        return sum(1 for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of people who have most of their KPIs in common."""

    title: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the sheet, and what was typed into it if it comes back."""

    locale: Locale
    can_write: Callable[[Row, Kpi], bool] = field(default=lambda row, kpi: kpi.id in row.writable)
    sent: Form | None = None
    refused: frozenset[Key] = frozenset()
    """Cells that come back as they were typed."""
    overtaken: Mapping[Key, Entry | None] = field(default_factory=dict)


def reader_of(locale: Locale, saved: Saved | None) -> Reader:
    """The reader of a page that shows what is there, or of one that comes back with what was refused."""
    if saved is None:
        return Reader(locale)
    return Reader(locale, sent=saved.form, refused=saved.refused, overtaken=saved.overtaken)


_ColumnKey = tuple[object, ...]


@dataclass(slots=True)
class _Draft:
    """A sheet while rows are being sorted into it."""

    columns: dict[_ColumnKey, SheetColumn]
    rows: list[tuple[Row, dict[_ColumnKey, SheetCell]]]


def sheets_of(grid: Grid, reader: Reader) -> list[Sheet]:
    """People with at least half of their KPIs in common share a table; the others get one of their own."""
    drafts: list[_Draft] = []
    for row in grid.rows:
        cells = _cells(row, reader)
        if not cells:
            continue
        columns = {key: column for key, (column, _) in cells.items()}
        draft = _fitting(drafts, columns)
        if draft is None:
            draft = _Draft({}, [])
            drafts.append(draft)
        for key, column in columns.items():
            known = draft.columns.get(key, column)
            draft.columns[key] = replace(known, is_wide=known.is_wide or column.is_wide)
        draft.rows.append((row, {key: cell for key, (_, cell) in cells.items()}))
    return [_sheet(draft, reader.locale) for draft in drafts]


def _fitting(drafts: Sequence[_Draft], columns: Mapping[_ColumnKey, SheetColumn]) -> _Draft | None:
    def shared(draft: _Draft) -> int:
        return len(draft.columns.keys() & columns.keys())

    best = max(drafts, key=shared, default=None)
    return best if best and 2 * shared(best) >= max(len(columns), len(best.columns)) else None


def _sheet(draft: _Draft, locale: Locale) -> Sheet:
    places = list(dict.fromkeys(row.placement.position.name for row, _ in draft.rows if row.placement))
    rows = []
    for row, cells in draft.rows:
        placed, column = [], 0
        for key, head in draft.columns.items():
            cell = cells.get(key)
            placed.append(replace(cell, column=column) if cell else None)
            column += head.leaves
        position = row.placement.position.name if row.placement and len(places) > 1 else ""
        note = " · ".join(filter(None, (row.person.number, position)))
        not_due = tuple(kpi.name for kpi in row.not_due)
        rows.append(SheetRow(row.person.name, note, tuple(placed), not_due))
    return Sheet(
        ", ".join(dict.fromkeys(places)) or locale.text(mark("Team")), tuple(draft.columns.values()), tuple(rows)
    )


def _cells(row: Row, reader: Reader) -> dict[_ColumnKey, tuple[SheetColumn, SheetCell]]:
    found: dict[_ColumnKey, tuple[SheetColumn, SheetCell]] = {}
    for squares in row.squares.values():
        for square in squares:
            column = column_of(square, reader.locale, several=len(squares) > 1)
            key: _ColumnKey = (column.name.casefold(), column.unit, square.kpi.measure, column.parts, square.span.on)
            if key in found:  # a plan with two KPIs of one name
                key = (*key, square.kpi.id)
            label = ", ".join(filter(None, (row.person.name, column.name, column.slot)))
            cell = cell_of(square, reader, label=label, can_write=reader.can_write(row, square.kpi))
            is_wide = any(len(text) >= _WIDE for text in (*(leaf.text for leaf in cell.leaves), cell.target))
            found[key] = (replace(column, is_wide=is_wide), cell)
    return found


def column_of(square: Square, locale: Locale, *, several: bool) -> SheetColumn:
    """The column in which a figure stands."""
    labels = labels_of(form_of(square.kpi), locale)
    return SheetColumn(
        name=square.kpi.name,
        unit=unit_typed(square.kpi, locale),
        slot=locale.period(square.span.on, short=True) if several else "",
        parts=labels if any(labels) else (),
        leaves=len(labels),
    )


def cell_of(square: Square, reader: Reader, *, label: str, can_write: bool) -> SheetCell:
    """One figure as it stands in a table."""
    locale, kpi = reader.locale, square.kpi
    key = (kpi.id, square.span.on)
    is_back = key in reader.refused
    period = square.book.period_of(square.span)
    leaves = leaves_of(
        kpi,
        square.span.on,
        square.entry,
        locale,
        sent=reader.sent if is_back else None,
        reached_before=square.reached_before,
    )
    return SheetCell(
        key=key,
        label=label,
        leaves=leaves,
        was_field=was_field(key),
        was=was_value(square.entry, (leaf.was for leaf in leaves)),
        is_filled=square.is_filled,
        is_open=can_write and square.closed is None and not square.parts,
        closed=code_text(square.closed, {}, locale) if square.closed else "",
        target=target_of(square, locale),
        previous=outcome_text(square.previous, locale),
        parts=_parts_text(square, locale),
        address=entries_address(kpi, **{"period": period.code} if period else {}),
        fault=faults_text(reader.sent, (leaf.name for leaf in leaves)) if reader.sent and is_back else "",
        overtaken=overtaken_text(kpi, reader.overtaken[key], locale) if key in reader.overtaken else "",
        unit=unit_typed(kpi, locale),
        flags=square.flags,
    )


def _parts_text(square: Square, locale: Locale) -> str:
    if not square.parts:
        return ""
    form = form_of(square.kpi)
    total = outcome_text(square.total, locale)
    if form.measure is MeasureKind.MILESTONE:
        total = locale.number(len({stage.name for entry in square.parts for stage in entry.reached}))
    count, due = locale.number(len(square.parts)), locale.number(square.parts_due)
    if square.kpi.frequency is Frequency.DAILY:
        return locale.text(mark("%(total)s (%(count)s of %(due)s days)"), total=total, count=count, due=due)
    if square.kpi.frequency is Frequency.WEEKLY:
        return locale.text(mark("%(total)s (%(count)s of %(due)s weeks)"), total=total, count=count, due=due)
    return locale.text(mark("%(total)s (%(count)s entries)"), total=total, count=count)


def overtaken_text(kpi: Kpi, entry: Entry | None, locale: Locale) -> str:
    """What is there now in place of what the page showed."""
    if entry is None:
        return locale.text(mark("Meanwhile this figure was taken back."))
    return locale.text(
        mark("Meanwhile %(name)s recorded: %(figure)s."),
        name=entry.recorded_by.name,
        figure=figure_words(form_of(kpi), figure_of(entry), locale),
    )


def entries_address(kpi: Kpi, **query: str) -> str:
    """The page with all entries of a KPI."""
    return f"/entries/{kpi.id}?{urlencode(query)}" if query else f"/entries/{kpi.id}"
