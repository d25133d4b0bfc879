"""The page of one KPI's entries: figures with source and evidence, single days and weeks, and who did what when."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Final

from fastapi import Depends, Request, Response

from app.errors import Conflict, Invalid, NotFound
from app.i18n import Locale, mark
from app.models import AuditEntry, Entry, Period
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router, settings_of
from app.rules.entries import Figure
from app.rules.faults import Fault
from app.rules.vocabulary import Action, Frequency, RecorderRule, SourceKind
from app.services import actuals, entry_checks, evidence, grid_squares
from app.services.actuals import Desk, EntryValues
from app.services.entry_books import Book, figure_of, form_of, span_of
from app.services.entry_quality import check_of, credibility_of, entry_flags
from app.services.evidence import SentFile
from app.services.grid_squares import Square
from app.services.recorders import rule_of
from app.web.entry_fields import (
    SOURCES,
    SentCell,
    figure_words,
    labels_of,
    place_faults,
    prefix_of,
    read_figure,
    sent_cells,
    slot_name,
)
from app.web.entry_saving import Saved, address, period_in, period_tabs, save_cells
from app.web.entry_sheets import Sheet, SheetCell, SheetRow, cell_of, column_of, reader_of
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.ENTRY_READ))]
_WRITE: Final = [Depends(Needs(Action.ENTRY_WRITE))]
_WORDS: Final = frozenset({"note", "evidence_link", "source_kind"})
_OFTEN: Final = (Frequency.DAILY, Frequency.WEEKLY)
_SATURDAY: Final = 5
_RECORDERS: Final = {
    RecorderRule.EMPLOYEE: mark("The employee, managers and HR"),
    RecorderRule.MANAGER: mark("Managers, HR and systems with a token"),
    RecorderRule.THIRD_PARTY: mark("A third party, managers and HR"),
}


@router.get("/entries/{kpi_id}", dependencies=_READ)
def show_kpi(request: Request, session: DbSession, actor: CurrentActor, query: Query, kpi_id: RowId) -> Response:
    """Everything recorded for a KPI."""
    book = actuals.get_book(session, actor, kpi_id=kpi_id)
    return _kpi_page(request, session, actor, query, book)


@router.post("/entries/{kpi_id}/slots", dependencies=_WRITE)
def save_slots(
    request: Request, session: DbSession, actor: CurrentActor, query: Query, form: SentForm, kpi_id: RowId
) -> Response:
    """Single days or weeks, saved like the grid."""
    actuals.book_for_change(session, actor, kpi_id=kpi_id)
    saved = save_cells(session, actor, form)
    if saved.refused:
        return _refused(request, session, actor, query, saved, kpi_id)
    return redirect(request, address(f"/entries/{kpi_id}", query), saved.flash, kind=saved.kind, **saved.counts)


@router.post("/entries/{kpi_id}", dependencies=_WRITE)
def save_entry(
    request: Request, session: DbSession, actor: CurrentActor, query: Query, form: SentForm, kpi_id: RowId
) -> Response:
    """One figure with its source, its evidence and a note."""
    book = actuals.book_for_change(session, actor, kpi_id=kpi_id)
    sent = _sent(form, kpi_id)

    def save() -> None:
        _put(session, actor, book, form, sent)
        _prove(session, actor, form, sent)
        if not form.is_valid:
            raise Invalid([])  # the faults stand with the form; a figure whose evidence was refused goes too

    form.attempt(session, save)
    if form.is_valid:
        return redirect(request, address(f"/entries/{kpi_id}", query, on=""), mark("The figure was saved."))
    overtaken = {sent.key: book.entries.get(sent.key[1])} if _is_overtaken(form) else {}
    saved = Saved(form, refused=frozenset({sent.key}), overtaken=overtaken)
    return _refused(request, session, actor, query, saved, kpi_id)


@router.post("/entries/{kpi_id}/removal", dependencies=_WRITE)
def remove_entry(
    request: Request, session: DbSession, actor: CurrentActor, query: Query, form: SentForm, kpi_id: RowId
) -> Response:
    """The end of a figure, as if it had never been recorded."""
    version = form.whole("version", minimum=1)
    if not form.is_valid:
        raise NotFound
    actuals.remove_entry(session, actor, kpi_id=kpi_id, on=form.value("on"), version=version)
    return redirect(request, address(f"/entries/{kpi_id}", query, on=""), mark("The figure was taken back."))


def _sent(form: Form, kpi_id: int) -> SentCell:
    sent = next((cell for cell in sent_cells(form) if cell.key == (kpi_id, form.value("on"))), None)
    if sent is None:
        raise NotFound
    return sent


def _put(session: DbSession, actor: Actor, book: Book, form: Form, sent: SentCell) -> None:
    """Record the figure, or leave the reasons why not in the form."""
    asked = form_of(book.kpi)
    names = [f"{prefix_of(sent.key)}.{index}" for index in range(len(labels_of(asked, form.locale)))]
    figure = read_figure(form, names, asked)
    if figure is None and form.is_valid:
        form.refuse(names[0], "required")
    values = EntryValues(
        figure or Figure(),
        form.choice("source_kind", SourceKind),
        form.text("note", limit=actuals.LONGEST_NOTE, required=False, lines=True),
        form.text("evidence_link", limit=actuals.LONGEST_LINK, required=False),
    )
    if not form.is_valid:
        return
    desk = Desk(session, actor)
    try:
        desk.write(book, on=sent.key[1], values=values, version=sent.version)
    except Invalid as refused:
        form.faults.extend(fault for fault in refused.faults if fault.at in _WORDS)
        place_faults(form, sent.key, asked, [fault for fault in refused.faults if fault.at not in _WORDS])
    except Conflict as refused:
        form.faults.append(Fault(names[0], refused.code, refused.values))
    desk.close()


def _prove(session: DbSession, actor: Actor, form: Form, sent: SentCell) -> None:
    """Add the files that came with the figure."""
    files = [SentFile(file.filename or "", file.file.read()) for file in form.files("files")]
    if not files or not form.is_valid:
        return
    try:
        evidence.add_evidence(session, actor, kpi_id=sent.key[0], on=sent.key[1], files=files)
    except Invalid as refused:
        form.take(refused)


def _is_overtaken(form: Form) -> bool:
    return any(fault.code == "stale_version" for fault in form.faults)


def _refused(request: Request, session: DbSession, actor: Actor, query: Form, saved: Saved, kpi_id: int) -> Response:
    book = actuals.get_book(session, actor, kpi_id=kpi_id)
    return _kpi_page(request, session, actor, query, book, saved)


# --- What the page shows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry in the list of all."""

    entry: Entry
    name: str
    figure: str
    address: str


@dataclass(frozen=True, slots=True)
class ActLine:
    """What somebody did to an entry, with the figures before and after."""

    at: datetime
    who: str
    action: str
    name: str
    old: str
    new: str


def _kpi_page(
    request: Request, session: DbSession, actor: Actor, query: Form, book: Book, saved: Saved | None = None
) -> Response:
    view = _View(book, query, request.state.locale, saved, actuals.may_record(session, actor, kpi_id=book.kpi.id))
    period = period_in(book.plan.cycle, query, actor)
    squares = grid_squares.squares_of(book, period, actor.today)
    is_split = book.kpi.frequency in _OFTEN
    slots = grid_squares.slots_of(book, period, actor.today) if is_split else ()
    chosen = view.chosen((*squares, *slots), is_split=is_split)
    path = f"/entries/{book.kpi.id}"
    return page(
        request,
        "actuals/kpi.html",
        HTTPStatus.BAD_REQUEST if saved else HTTPStatus.OK,
        action=address(path, query),
        acts=view.acts(actuals.history_of(session, actor, kpi_id=book.kpi.id)),
        can_write=view.can_write,
        cells=[view.cell(square) for square in squares],
        chosen=view.cell(chosen) if chosen else None,
        chosen_entry=chosen.entry if chosen else None,
        can_check=bool(chosen and chosen.entry and entry_checks.may_check(session, actor, chosen.entry)),
        check_action=address(f"{path}/check", query),
        check_of=check_of,
        credibility=credibility_of(book.kpi, book.plan.person_id, list(book.entries.values())),
        flags_of=lambda entry: entry_flags([entry], book.plan.cycle.entry_grace_days),
        form=view.form(chosen),
        largest_file=settings_of(request).max_evidence_bytes // 1_000_000,
        is_split=is_split,
        kpi=book.kpi,
        lines=view.lines(period if is_split else None),
        period=period,
        recorder=_recorder_text(book, view.locale),
        tabs=period_tabs(path, book.plan.cycle, query),
        plan=book.plan,
        removal_action=address(f"{path}/removal", query),
        saved=saved,
        sheet=view.sheet(slots) if slots else None,
        source_names=SOURCES,
        sources=[(kind.value, view.locale.text(name)) for kind, name in SOURCES.items()],
        view=actuals.standing_of(session, actor, book),
        slots_action=address(f"{path}/slots", query, on=""),
    )


def _recorder_text(book: Book, locale: Locale) -> str:
    person = book.kpi.recorder.person if book.kpi.recorder else None
    if person is not None:
        return locale.text(mark("%(name)s, managers and HR"), name=person.name)
    return locale.text(_RECORDERS[rule_of(book.kpi)])


@dataclass(frozen=True, slots=True)
class _View:
    """The book of a KPI as its reader sees it."""

    book: Book
    query: Form
    locale: Locale
    saved: Saved | None
    can_write: bool

    def name(self, on: str) -> str:
        """A span in words."""
        return slot_name(self.book.kpi.frequency, on, self.locale)

    def cell(self, square: Square) -> SheetCell:
        """One figure with its fields."""
        return cell_of(
            square, reader_of(self.locale, self.saved), label=self.name(square.span.on), can_write=self.can_write
        )

    def chosen(self, squares: Sequence[Square], *, is_split: bool) -> Square | None:
        """The figure whose details are shown: the one that was asked for, else the first one that is missing."""
        on = (self.saved.form.value("on") if self.saved else "") or self.query.value("on")
        wanted = next((square for square in squares if square.span.on == on), None)
        if wanted or is_split:
            return wanted
        return next((square for square in squares if not square.is_filled), next(iter(squares), None))

    def form(self, chosen: Square | None) -> Form:
        """Source, evidence and note beside the chosen figure."""
        if self.saved and self.saved.form.value("on"):
            return self.saved.form
        entry = chosen.entry if chosen else None
        if entry is None:
            return Form.showing(self.locale, source_kind=self.book.kpi.source_kind.value)
        return Form.showing(
            self.locale, source_kind=entry.source_kind.value, note=entry.note, evidence_link=entry.evidence_link
        )

    def sheet(self, slots: Sequence[Square]) -> Sheet:
        """Days or weeks one below the other."""
        rows = []
        for square in slots:
            cell = self.cell(square)
            note = self.locale.text(mark("weekend")) if self._is_weekend(square) else ""
            rows.append(SheetRow(cell.label, note, (cell,)))
        column = column_of(slots[0], self.locale, several=False)
        return Sheet(self.book.kpi.name, (column,), tuple(rows))

    def _is_weekend(self, square: Square) -> bool:
        return self.book.kpi.frequency is Frequency.DAILY and square.span.last_day.weekday() >= _SATURDAY

    def lines(self, period: Period | None) -> list[EntryLine]:
        """The entries, the latest first; of one period where there may be hundreds."""
        form = form_of(self.book.kpi)
        path = f"/entries/{self.book.kpi.id}"
        return [
            EntryLine(
                entry,
                self.name(entry.on),
                figure_words(form, figure_of(entry), self.locale),
                address(path, self.query, on=entry.on, period=_code_for(self.book, entry)) + "#figure",
            )
            for entry in reversed(self.book.entries.values())
            if period is None or period.starts_on <= entry.ends_on <= period.ends_on
        ]

    def acts(self, history: Sequence[tuple[AuditEntry, str | None]]) -> list[ActLine]:
        """What was done, in words."""
        lines = []
        for act, who in history:
            details = json.loads(act.details)
            lines.append(
                ActLine(
                    act.at,
                    who or "",
                    act.action,
                    self.name(details["on"]),
                    self._recorded(details.get("old")),
                    self._recorded(details.get("new")),
                )
            )
        return lines

    def _recorded(self, recorded: str | dict[str, str] | list[str] | None) -> str:
        """A figure as the record of acts keeps it."""
        form = form_of(self.book.kpi)
        match recorded:
            case str():
                return figure_words(form, Figure(Decimal(recorded)), self.locale)
            case dict():
                inputs: dict[str, Decimal | None] = {name: Decimal(text) for name, text in recorded.items()}
                return figure_words(form, Figure(inputs=inputs), self.locale)
            case list():
                return figure_words(form, Figure(reached=frozenset(recorded)), self.locale)
            case None:
                return ""


def _code_for(book: Book, entry: Entry) -> str:
    period = book.period_of(span_of(entry))
    return period.code if period else ""
