"""How are results recorded: which figure, for which days, from which source, by whom?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, allow, allow_kpi, require_kpi
from app.errors import Conflict, Invalid, NotFound
from app.models import AuditEntry, Entry, EntryInput, EntryMilestone, Person
from app.rules.entries import Figure, Span, entry_span, figure_faults, overlap_fault, tidy
from app.rules.faults import Fault
from app.rules.vocabulary import Action, Channel, SourceKind
from app.services import audit
from app.services.entry_books import Book, books_of, entries_of, entry_value, figure_of, span_of

__all__ = [
    "Desk",
    "EntryValues",
    "book_for_change",
    "entries_of",
    "entry_value",
    "get_book",
    "get_entry",
    "history_of",
    "may_record",
    "put_entry",
    "remove_entry",
]

ACTS: Final = (
    "entry.recorded", "entry.changed", "entry.removed", "entry.verified", "entry.questioned",
    "evidence.added", "evidence.removed",
)  # fmt: skip
LONGEST_NOTE: Final = 2_000
LONGEST_LINK: Final = 500


@dataclass(frozen=True, slots=True)
class EntryValues:
    """What somebody records: the figure, and where it comes from.

    None for source, note or link keeps what is there; a new entry starts with the KPI's own source and no words.
    """

    figure: Figure
    source_kind: SourceKind | None = None
    note: str | None = None
    evidence_link: str | None = None
    channel: Channel = Channel.PAGE


# --- Reading ----------------------------------------------------------------------------------------------------------


def get_book(session: Session, actor: Actor, *, kpi_id: int) -> Book:
    """A KPI with all its entries, for who may read them."""
    require_kpi(session, actor, Action.ENTRY_READ, kpi_id)
    return books_of(session, [kpi_id])[kpi_id]


def get_entry(session: Session, actor: Actor, *, kpi_id: int, on: str) -> Entry:
    """One entry of a KPI."""
    entry = get_book(session, actor, kpi_id=kpi_id).entries.get(on)
    if entry is None:
        raise NotFound
    return entry


def may_record(session: Session, actor: Actor, *, kpi_id: int) -> bool:
    """Whether the actor may record figures of a KPI that they may read, as long as its book is open."""
    return allow_kpi(session, actor, Action.ENTRY_WRITE, kpi_id).is_allowed


def standing_of(session: Session, actor: Actor, book: Book) -> str:
    """In which of the lists of entries a reader of the KPI finds it: own, team, or others."""
    if book.plan.person_id == actor.person_id:
        return "own"
    return "team" if allow(session, actor, Action.ENTRY_READ, book.plan.person_id).is_allowed else "others"


def history_of(
    session: Session, actor: Actor, *, kpi_id: int, limit: int = 100
) -> Sequence[tuple[AuditEntry, str | None]]:
    """What was done to the entries of a KPI, the latest first, with the name of who did it."""
    get_book(session, actor, kpi_id=kpi_id)
    acts = (
        select(AuditEntry, Person.name)
        .outerjoin(Person, AuditEntry.actor_id == Person.id)
        .where(AuditEntry.object_kind == "kpi", AuditEntry.object_id == kpi_id, AuditEntry.action.in_(ACTS))
        .order_by(AuditEntry.id.desc())
    )
    return [(act, name) for act, name in session.execute(acts.limit(limit))]


# --- Recording --------------------------------------------------------------------------------------------------------


def put_entry(
    session: Session, actor: Actor, *, kpi_id: int, on: str, values: EntryValues, version: int | None
) -> Entry:
    """Record the figure of a KPI for a day, month, quarter, half-year or year, or change what was recorded.

    `version` is the one that the actor saw, 0 where there was no entry yet; None takes whatever is there. Recording
    the same again changes nothing and leaves no trace.
    """
    desk = Desk(session, actor)
    entry = desk.write(book_for_change(session, actor, kpi_id=kpi_id), on=on, values=values, version=version)
    desk.close()
    return entry


def remove_entry(session: Session, actor: Actor, *, kpi_id: int, on: str, version: int | None) -> None:
    """Take back a figure, as if it had never been recorded; the record of acts keeps it."""
    desk = Desk(session, actor)
    desk.erase(book_for_change(session, actor, kpi_id=kpi_id), on=on, version=version)
    desk.close()


def book_for_change(session: Session, actor: Actor, *, kpi_id: int) -> Book:
    """The book of a KPI, locked until the transaction ends, for who may record its figures."""
    require_kpi(session, actor, Action.ENTRY_WRITE, kpi_id)
    return books_of(session, [kpi_id], for_change=True)[kpi_id]


class Desk:
    """Where entries are written into books that are open for change: access was asked by who opened them.

    `close` puts all acts on record; without it nothing may be committed.
    """

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session = session
        self._actor = actor
        self.acts: list[audit.Act] = []

    def write(self, book: Book, *, on: str, values: EntryValues, version: int | None) -> Entry:
        """Record or change one entry; see `put_entry`."""
        span = entry_span(book.calendar, on)
        if isinstance(span, Fault):
            raise Invalid([span])
        faults = [*figure_faults(book.form, values.figure), *_word_faults(values)]
        if overlap := overlap_fault(span, [span_of(entry) for entry in book.entries.values()]):
            faults.append(overlap)
        if faults:
            raise Invalid(faults)
        values = replace(values, figure=_tidied(values.figure))
        entry = book.entries.get(on)
        if entry is not None and _is_same(entry, values):
            return entry
        _require_open(book, span)
        _require_version(entry, version)
        return self._record(book, span, values) if entry is None else self._change(book, entry, values)

    def erase(self, book: Book, *, on: str, version: int | None) -> None:
        """Take one entry back."""
        entry = book.entries.get(on)
        if entry is None:
            raise NotFound
        _require_open(book, span_of(entry))
        _require_version(entry, version)
        del book.entries[on]
        self._session.delete(entry)
        self._note(book, "entry.removed", {"on": on, "old": figure_text(figure_of(entry))})

    def close(self) -> None:
        """Put everything that was done on record."""
        self._session.flush()
        if self.acts:
            audit.record_many(self._session, self.acts, actor_id=self._actor.person_id)

    def _record(self, book: Book, span: Span, values: EntryValues) -> Entry:
        words = {name: written for name, written in _words(values).items() if written}
        entry = Entry(
            kpi_id=book.kpi.id,
            on=span.on,
            starts_on=span.first_day,
            ends_on=span.last_day,
            source_kind=values.source_kind or book.kpi.source_kind,
            recorded_at=clock.now(),
            recorded_by_id=self._actor.person_id,
            first_recorded_on=self._actor.today,
            channel=values.channel,
            **words,
        )
        _write_figure(entry, values.figure)
        self._session.add(entry)
        book.entries[span.on] = entry
        details = {"on": span.on, "new": figure_text(values.figure), "source": entry.source_kind.value}
        self._note(book, "entry.recorded", details, words)
        return entry

    def _change(self, book: Book, entry: Entry, values: EntryValues) -> Entry:
        old = figure_of(entry)
        details: dict[str, Any] = {"on": entry.on}
        if not _is_same_figure(old, values.figure):
            details |= {"old": figure_text(old), "new": figure_text(values.figure)}
            _write_figure(entry, values.figure)
            entry.changes += 1
            entry.recorded_at = clock.now()
            entry.recorded_by_id = self._actor.person_id
            entry.channel = values.channel
        if values.source_kind not in (None, entry.source_kind):
            details |= {"old_source": entry.source_kind.value, "source": values.source_kind.value}
            entry.source_kind = values.source_kind
        words = {name: written for name, written in _words(values).items() if written != getattr(entry, name)}
        for name, written in words.items():
            setattr(entry, name, written)
        self._note(book, "entry.changed", details, words)
        return entry

    def _note(
        self, book: Book, action: str, details: Mapping[str, Any], words: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        emptied = {name: "" for name, written in words.items() if not written}
        self.acts.append(
            audit.Act(
                action,
                about=("kpi", book.kpi.id),
                subject_id=book.plan.person_id,
                details={**details, **emptied},
                words={name: written for name, written in words.items() if written},
            )
        )


def _write_figure(entry: Entry, figure: Figure) -> None:
    entry.value = figure.value
    given = {each.name: each for each in entry.inputs}
    for name, value in figure.inputs.items():
        if value is not None and name in given:
            given[name].value = value
        elif value is not None:
            entry.inputs.append(EntryInput(name=name, value=value))
    there = {stage.name: stage for stage in entry.reached}
    for name in there.keys() - figure.reached:
        entry.reached.remove(there[name])
    entry.reached.extend(EntryMilestone(name=name) for name in sorted(figure.reached - there.keys()))


def _require_open(book: Book, span: Span) -> None:
    if reason := book.closed_because(span):
        raise Conflict(reason)


def _require_version(entry: Entry | None, version: int | None) -> None:
    present = entry.version if entry is not None else 0
    if version is not None and version != present:
        raise Conflict("stale_version", {"version": str(present)})


def _is_same(entry: Entry, values: EntryValues) -> bool:
    """Whether recording these values would change nothing."""
    return (
        _is_same_figure(figure_of(entry), values.figure)
        and values.source_kind in (None, entry.source_kind)
        and all(written == getattr(entry, name) for name, written in _words(values).items())
    )


def _is_same_figure(one: Figure, other: Figure) -> bool:
    return (one.value, dict(one.inputs), one.reached) == (other.value, dict(other.inputs), other.reached)


def _tidied(figure: Figure) -> Figure:
    inputs = {name: tidy(value) for name, value in figure.inputs.items() if value is not None}
    return Figure(None if figure.value is None else tidy(figure.value), inputs, figure.reached)


def _words(values: EntryValues) -> dict[str, str]:
    """What was written beside the figure, by column; what is to stay as it is has no place here."""
    written = {"note": values.note, "evidence_link": values.evidence_link}
    return {name: text for name, text in written.items() if text is not None}


def _word_faults(values: EntryValues) -> list[Fault]:
    faults = []
    if len(values.note or "") > LONGEST_NOTE:
        faults.append(Fault("note", "text_too_long", {"limit": str(LONGEST_NOTE)}))
    link = values.evidence_link or ""
    if len(link) > LONGEST_LINK:
        faults.append(Fault("evidence_link", "text_too_long", {"limit": str(LONGEST_LINK)}))
    elif link and not _is_web_address(link):
        faults.append(Fault("evidence_link", "not_a_web_address"))
    return faults


def _is_web_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and not any(sign.isspace() for sign in link)


def figure_text(figure: Figure) -> str | dict[str, str] | list[str]:
    """The figure as the record of acts keeps it: numbers as text, inputs and milestones by name."""
    if figure.value is not None:
        return format(figure.value, "f")
    if figure.inputs:
        return {name: format(value, "f") for name, value in figure.inputs.items() if value is not None}
    return sorted(figure.reached)
