"""Who has looked an entry over, what did they find, and which entries still wait for it?"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import clock
from app.access import Actor, allow_kpi, may, note_question, require_kpi
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Entry, EntryCheck, Kpi, Period, Person, Plan
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import BINDING, Action, CheckVerdict
from app.services import audit
from app.services.entry_books import books_of, span_of
from app.services.listing import Listing

PAGE: Final = 50
LONGEST_NOTE: Final = 2_000


class CheckFilter(StrEnum):
    """Which entries a list of them shows."""

    WAITING = "waiting"
    QUESTIONED = "questioned"
    VERIFIED = "verified"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of entries to look over is narrowed to."""

    only: CheckFilter = CheckFilter.WAITING
    search: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody found about a version of an entry."""

    verdict: CheckVerdict
    note: str = ""


def may_check(session: Session, actor: Actor, entry: Entry) -> bool:
    """Whether the actor may say whether the entry is right: never about a figure that they recorded themselves."""
    is_allowed = allow_kpi(session, actor, Action.ENTRY_VERIFY, entry.kpi_id).is_allowed
    return is_allowed and entry.recorded_by_id != actor.person_id


def note_checking(session: Session) -> None:
    """Where there is no cycle yet there is nothing to be refused."""
    note_question(session, Action.ENTRY_VERIFY)


def may_ask(session: Session, actor: Actor, *, kpi_id: int) -> None:
    """Refuse who may look over no entry of this KPI."""
    require_kpi(session, actor, Action.ENTRY_VERIFY, kpi_id)


def may_check_entry(actor: Actor) -> ColumnElement[bool]:
    """The same question as a condition, for selects that join entries with their plans."""
    return may(actor, Action.ENTRY_VERIFY, Plan.person_id) & (Entry.recorded_by_id != actor.person_id)


def check_entry(
    session: Session, actor: Actor, *, kpi_id: int, on: str, version: int | None, finding: Finding
) -> Entry:
    """Verify an entry, or question it with a note; said again it changes nothing."""
    require_kpi(session, actor, Action.ENTRY_VERIFY, kpi_id)
    entry = books_of(session, [kpi_id], for_change=True)[kpi_id].entries.get(on)
    if entry is None:
        raise NotFound
    note = tidy_lines(finding.note)
    if faults := text_faults("note", note, limit=LONGEST_NOTE, required=False):
        raise Invalid(faults)
    if finding.verdict is CheckVerdict.QUESTIONED and not note:
        raise Invalid([Fault("note", "entry_note_needed")])
    if version is not None and version != entry.version:
        raise Conflict("stale_version", {"version": str(entry.version)})
    _check(session, actor, [entry], Finding(finding.verdict, note))
    return entry


def verify_many(session: Session, actor: Actor, *, keys: Iterable[tuple[int, int]]) -> int:
    """Verify the entries of these ids that still stand at the version that was seen; how many they were."""
    note_question(session, Action.ENTRY_VERIFY)
    seen = dict(keys)
    wanted = _entries().where(Entry.id.in_(seen), may_check_entry(actor))
    found = {entry.id: entry for entry in session.scalars(wanted)}
    if found.keys() != seen.keys():
        raise NotFound
    books_of(session, {entry.kpi_id for entry in found.values()}, for_change=True)
    fit = [entry for entry in found.values() if entry.version == seen[entry.id]]
    _check(session, actor, fit, Finding(CheckVerdict.OK))
    return len(fit)


def list_to_check(
    session: Session, actor: Actor, period: Period, wanted: Wanted, *, offset: int = 0, limit: int = PAGE
) -> Listing[Entry]:
    """The entries of a period that the actor may look over, by employee and KPI."""
    note_question(session, Action.ENTRY_VERIFY)
    entries = _to_check(actor, period, wanted)
    total = count_to_check(session, actor, period, wanted)
    page = entries.order_by(Person.name, Person.id, Kpi.place, Entry.ends_on).offset(offset).limit(limit)
    parts = (
        joinedload(Entry.kpi).joinedload(Kpi.plan).joinedload(Plan.person),
        joinedload(Entry.kpi).selectinload(Kpi.inputs),
        joinedload(Entry.kpi).selectinload(Kpi.milestones),
        joinedload(Entry.recorded_by),
        selectinload(Entry.files),
        selectinload(Entry.inputs),
        selectinload(Entry.reached),
        selectinload(Entry.checks).joinedload(EntryCheck.checked_by),
    )
    return Listing(session.scalars(page.options(*parts)).all(), total)


def count_to_check(session: Session, actor: Actor, period: Period, wanted: Wanted, *whose: ColumnElement[bool]) -> int:
    """How many entries of a period that are; `whose` narrows the plans."""
    entries = _to_check(actor, period, wanted).where(*whose)
    return session.scalar(select(func.count()).select_from(entries.subquery())) or 0


def _to_check(actor: Actor, period: Period, wanted: Wanted) -> Select[Entry]:
    return (
        _entries()
        .join(Person, Plan.person_id == Person.id)
        .where(
            may_check_entry(actor),
            Plan.cycle_id == period.cycle_id,
            Plan.state.in_(BINDING),
            Entry.ends_on.between(period.starts_on, period.ends_on),
            *_fits(wanted),
        )
    )


def _entries() -> Select[Entry]:
    return select(Entry).join(Kpi, Entry.kpi_id == Kpi.id).join(Plan, Kpi.plan_id == Plan.id)


def _fits(wanted: Wanted) -> list[ColumnElement[bool]]:
    last = (
        select(EntryCheck.verdict)
        .where(EntryCheck.entry_id == Entry.id, EntryCheck.entry_version == Entry.version)
        .order_by(EntryCheck.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    fits: dict[CheckFilter, list[ColumnElement[bool]]] = {
        CheckFilter.WAITING: [last.is_(None)],
        CheckFilter.QUESTIONED: [last == CheckVerdict.QUESTIONED],
        CheckFilter.VERIFIED: [last == CheckVerdict.OK],
        CheckFilter.ALL: [],
    }
    words = [
        or_(Person.name.icontains(word, autoescape=True), Person.number.icontains(word, autoescape=True))
        for word in wanted.search.split()
    ]
    return [*fits[wanted.only], *words]


def _check(session: Session, actor: Actor, entries: Iterable[Entry], finding: Finding) -> None:
    acts = []
    books = books_of(session, {entry.kpi_id for entry in entries})
    for entry in entries:
        if entry.recorded_by_id == actor.person_id:
            raise NotAllowed("check_own_entry")
        reason = books[entry.kpi_id].closed_because(span_of(entry))
        if reason not in (None, "period_closed"):  # what is published is settled
            raise Conflict(reason or "")
        if _is_said(entry, actor, finding):
            continue
        entry.checks.append(
            EntryCheck(
                entry_version=entry.version,
                verdict=finding.verdict,
                note=finding.note,
                checked_at=clock.now(),
                checked_by_id=actor.person_id,
            )
        )
        acts.append(
            audit.Act(
                "entry.verified" if finding.verdict is CheckVerdict.OK else "entry.questioned",
                about=("kpi", entry.kpi_id),
                subject_id=books[entry.kpi_id].plan.person_id,
                details={"on": entry.on, "version": entry.version},
                words={"note": finding.note} if finding.note else {},
            )
        )
    session.flush()
    if acts:
        audit.record_many(session, acts, actor_id=actor.person_id)


def _is_said(entry: Entry, actor: Actor, finding: Finding) -> bool:
    if not entry.checks:
        return False
    last = entry.checks[-1]
    said = (last.entry_version, last.verdict, last.note, last.checked_by_id)
    return said == (entry.version, finding.verdict, finding.note, actor.person_id)
