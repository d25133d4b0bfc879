"""How do a team's figures go out as a file, and what would a filled one change? All of it, or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, may_on_kpi, note_question
from app.documents.figures_file import NEW, FigureLine, LineFault, SentLine, read_figures, write_figures
from app.documents.spreadsheets import XLSX_TYPE, Cell, CellKind
from app.errors import Conflict, Invalid
from app.i18n import Locale
from app.models import Kpi, Period, Plan
from app.plan_words import unit_typed
from app.rules.entries import Figure, FigureForm, Span, entry_span, figure_faults, overlap_fault
from app.rules.faults import Fault
from app.rules.numbers import NotANumber
from app.rules.vocabulary import Action, Channel, MeasureKind
from app.services.actuals import Desk, EntryValues
from app.services.actuals_grid import GridFilter, Row, team_grid
from app.services.entry_books import Book, books_of, figure_of, span_of
from app.services.grid_squares import Square

__all__ = [
    "XLSX_TYPE", "FigureChange", "FiguresPreview", "check_file", "figures_file", "note_reading", "note_writing",
    "read_file", "take_file",
]  # fmt: skip

MOST_PEOPLE: Final = 500
_YES: Final = frozenset({"1", "yes", "y", "true", "ya"})
_NO: Final = frozenset({"0", "no", "n", "false", "tidak"})
_MARKS: Final = frozenset({"x", "✓", "1", "true", *_YES})
_Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure of the file: what is there, and what would be."""

    line: int
    book: Book
    span: Span
    old: Figure | None
    new: Figure
    version: int

    @property
    def is_same(self) -> bool:
        """Whether it is there already."""
        old = self.old
        return old is not None and (old.value, dict(old.inputs), old.reached) == (
            self.new.value, dict(self.new.inputs), self.new.reached,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FiguresPreview:
    """What a file would do, and everything that stands against it."""

    changes: Sequence[FigureChange]
    """Without those that are there already."""
    unchanged: int
    faults: Sequence[LineFault]

    @property
    def is_possible(self) -> bool:
        """Whether it can be taken."""
        return bool(self.changes) and not self.faults


def figures_file(
    session: Session,
    actor: Actor,
    *,
    period: Period,
    wanted: GridFilter,
    locale: Locale,
    words: tuple[Callable[[Square, Locale], str], Callable[[FigureForm, Figure | None, Locale], Sequence[str]]],
) -> bytes:
    """The figures of a team that the actor may record, one row for each field; `words` say targets and figures."""
    everybody = GridFilter(wanted.search, wanted.unit_id, wanted.manager, limit=MOST_PEOPLE)
    grid = team_grid(session, actor, period=period, wanted=everybody)
    lines = [
        line
        for row in grid.rows
        for square in row.all_squares
        if square.kpi.id in row.writable and square.closed is None and not square.parts
        for line in _lines(row, square, locale, words)
    ]
    return write_figures(lines, locale)


def note_reading(session: Session) -> None:
    """Every row is asked for by itself; where there is none there is nothing to be refused."""
    note_question(session, Action.ENTRY_READ)


def note_writing(session: Session) -> None:
    """The same for what comes back."""
    note_question(session, Action.ENTRY_WRITE)


def check_file(session: Session, content: bytes) -> None:
    """Refuse, with faults at `file`, what is no file of figures at all."""
    note_question(session, Action.ENTRY_WRITE)
    read_figures(content)


def read_file(session: Session, actor: Actor, *, content: bytes, locale: Locale) -> FiguresPreview:
    """What the file would change; nothing is written."""
    note_question(session, Action.ENTRY_WRITE)
    lines, faults = read_figures(content)
    books = books_of(session, _recordable(session, actor, lines))
    return _planned(lines, faults, books, locale)


def take_file(session: Session, actor: Actor, *, content: bytes, locale: Locale) -> FiguresPreview:
    """Record what the file says; Invalid with every fault, at `rows[7].new`, and nothing done, if it cannot be."""
    note_question(session, Action.ENTRY_WRITE)
    lines, faults = read_figures(content)
    books = books_of(session, _recordable(session, actor, lines), for_change=True)
    planned = _planned(lines, faults, books, locale)
    if planned.faults:
        raise Invalid([each.fault.under(f"rows[{each.line}]") for each in planned.faults])
    desk = Desk(session, actor)
    for change in planned.changes:
        values = EntryValues(change.new, channel=Channel.FILE)
        try:
            desk.write(change.book, on=change.span.on, values=values, version=change.version)
        except Invalid as refused:  # two figures of the file that cannot stand side by side
            raise Invalid([fault.under(f"rows[{change.line}]") for fault in refused.faults]) from refused
        except Conflict as overtaken:
            raise Conflict("figures_import_overtaken") from overtaken
    desk.close()
    return planned


# --- Out --------------------------------------------------------------------------------------------------------------


def _lines(
    row: Row,
    square: Square,
    locale: Locale,
    words: tuple[Callable[[Square, Locale], str], Callable[[FigureForm, Figure | None, Locale], Sequence[str]]],
) -> list[FigureLine]:
    target, texts = words
    form, entry = square.book.form, square.entry
    present = texts(form, figure_of(entry) if entry else None, locale)
    names = _fields(form)
    return [
        FigureLine(
            square.kpi.id,
            square.span.on,
            entry.version if entry else 0,
            place,
            (
                row.person.number, row.person.name, square.kpi.name, square.span.on, name,
                unit_typed(square.kpi, locale), target(square, locale), _shown(form, text),
            ),
        )
        for place, (name, text) in enumerate(zip(names, present, strict=False))
    ]  # fmt: skip


def _fields(form: FigureForm) -> tuple[str, ...]:
    if form.measure is MeasureKind.RATIO:
        return form.inputs
    return form.milestones if form.measure is MeasureKind.MILESTONE else ("",)


def _shown(form: FigureForm, text: str) -> str:
    return "x" if text and form.measure is MeasureKind.MILESTONE else text


# --- In ---------------------------------------------------------------------------------------------------------------


def _recordable(session: Session, actor: Actor, lines: Sequence[SentLine]) -> set[int]:
    """Those KPIs of the file that the actor may record."""
    wanted = select(Kpi.id).join(Plan, Kpi.plan_id == Plan.id).where(Kpi.id.in_({line.kpi_id for line in lines}))
    return set(session.scalars(wanted.where(may_on_kpi(actor, Action.ENTRY_WRITE))))


def _planned(
    lines: Sequence[SentLine], unread: Sequence[LineFault], books: Mapping[int, Book], locale: Locale
) -> FiguresPreview:
    groups: dict[_Key, list[SentLine]] = {}
    for line in lines:
        groups.setdefault((line.kpi_id, line.on), []).append(line)
    changes, faults, unchanged = [], list(unread), 0
    for (kpi_id, on), group in groups.items():
        found = _change(books.get(kpi_id), on, group, locale)
        if isinstance(found, FigureChange):
            unchanged += found.is_same
            changes += [] if found.is_same else [found]
        else:
            faults += found
    return FiguresPreview(changes, unchanged, sorted(faults, key=lambda each: each.line))


def _change(book: Book | None, on: str, group: Sequence[SentLine], locale: Locale) -> FigureChange | list[LineFault]:
    first = group[0]
    if book is None or any(line.place >= len(_fields(book.form)) for line in group):
        return [LineFault(first.line, Fault("key", "figure_row_unknown"))]
    span = entry_span(book.calendar, on)
    if isinstance(span, Fault):
        return [LineFault(first.line, Fault("on", span.code, span.values))]
    entry = book.entries.get(on)
    old = figure_of(entry) if entry else None
    new, faults = _figure(book.form, old, group, locale)
    if not faults:
        faults = [LineFault(first.line, Fault(NEW, fault.code, fault.values)) for fault in _refused(book, span, new)]
    version = first.version
    change = FigureChange(first.line, book, span, old, new, version)
    if not faults and not change.is_same and (entry.version if entry else 0) != version:
        faults = [LineFault(first.line, Fault(NEW, "stale_version"))]
    return faults or change


def _refused(book: Book, span: Span, new: Figure) -> list[Fault]:
    if faults := figure_faults(book.form, new):
        return faults
    if overlap := overlap_fault(span, [span_of(entry) for entry in book.entries.values()]):
        return [overlap]
    reason = book.closed_because(span)
    return [Fault("", reason)] if reason else []


def _figure(
    form: FigureForm, old: Figure | None, group: Sequence[SentLine], locale: Locale
) -> tuple[Figure, list[LineFault]]:
    """The present figure with what is new in it."""
    faults: list[LineFault] = []
    inputs, reached = dict(old.inputs if old else {}), set(old.reached if old else ())
    value = old.value if old else None
    for line in group:
        name = _fields(form)[line.place]
        try:
            if form.measure is MeasureKind.MILESTONE:
                reached.add(_mark(line.cell, name))
            elif form.measure is MeasureKind.RATIO:
                inputs[name] = _number(line.cell, locale)
            elif form.measure is MeasureKind.YES_NO:
                value = _yes_no(line.cell)
            else:
                value = _number(line.cell, locale)
        except NotANumber as refused:
            faults.append(LineFault(line.line, Fault(NEW, refused.code)))
    if form.measure is MeasureKind.RATIO:
        return Figure(inputs=inputs), faults
    if form.measure is MeasureKind.MILESTONE:
        return Figure(reached=frozenset(reached)), faults
    return Figure(value), faults


def _number(cell: Cell, locale: Locale) -> Decimal:
    if cell.kind is CellKind.NUMBER:
        return Decimal(cell.text)
    if cell.kind is CellKind.BOOLEAN:
        raise NotANumber("not_a_number")
    return locale.read_number(cell.text)


def _yes_no(cell: Cell) -> Decimal:
    word = cell.text.strip().casefold()
    if word not in _YES | _NO:
        raise NotANumber("yes_no_unreadable")
    return Decimal(word in _YES)


def _mark(cell: Cell, name: str) -> str:
    if cell.text.strip().casefold() not in _MARKS:
        raise NotANumber("milestone_mark_unreadable")
    return name
