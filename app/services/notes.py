"""What did employee, managers and HR say to one another about a KPI?"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app import clock
from app.access import Actor, allow, note_question, require
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import KpiNote, Period, Plan
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import Action, NoteKind
from app.services import audit
from app.services.causes import KpiAt, place_of_kpi
from app.services.scorecards import PeriodCard

LONGEST: Final = 2_000
REMOVABLE_FOR: Final = timedelta(days=1)
"""How long an author may take a note back; after that it stays."""


@dataclass(frozen=True, slots=True)
class NoteValues:
    """What is said, and whether it is a comment or recognition."""

    kind: NoteKind
    text: str


def may_write(session: Session, actor: Actor, *, person_id: int) -> bool:
    """Whether the actor may speak about this person's KPIs."""
    return allow(session, actor, Action.NOTE_WRITE, person_id).is_allowed


def check_may_write(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse whoever may not, before anything else is looked at."""
    require(session, actor, Action.NOTE_WRITE, person_id)


def write_note(session: Session, actor: Actor, *, at: KpiAt, values: NoteValues) -> KpiNote:
    """Add a comment or recognition to a KPI in a period; employee, managers and HR."""
    require(session, actor, Action.NOTE_WRITE, at.person_id)
    place = place_of_kpi(session, at)
    text = tidy_lines(values.text)
    faults = text_faults("text", text, limit=LONGEST)
    if faults:
        raise Invalid(faults)
    note = KpiNote(
        plan=place.plan,
        kpi_code=at.kpi_code,
        period=place.period,
        kind=values.kind,
        text=text,
        author_id=actor.person_id,
        written_at=clock.now(),
    )
    session.add(note)
    session.flush()
    audit.record(
        session,
        "note.written",
        actor_id=actor.person_id,
        about=("kpi_note", note.id),
        subject_id=at.person_id,
        details={"kpi": at.kpi_code, "period": at.period_code, "kind": values.kind.value},
        words={"text": text},
    )
    return note


def remove_note(session: Session, actor: Actor, *, note_id: int) -> KpiNote:
    """Take back a note of one's own within a day."""
    note_question(session, Action.NOTE_WRITE)
    note = session.scalar(
        select(KpiNote)
        .where(KpiNote.id == note_id)
        .options(joinedload(KpiNote.plan).joinedload(Plan.cycle), joinedload(KpiNote.period))
    )
    if note is None:
        raise NotFound
    require(session, actor, Action.NOTE_WRITE, note.plan.person_id)
    if note.author_id != actor.person_id:
        raise NotAllowed
    if not is_removable(note, actor):
        raise Conflict("note_settled")
    session.delete(note)
    audit.record(
        session,
        "note.removed",
        actor_id=actor.person_id,
        about=("kpi_note", note_id),
        subject_id=note.plan.person_id,
        details={"kpi": note.kpi_code, "period": note.period.code},
    )
    return note


def is_removable(note: KpiNote, actor: Actor) -> bool:
    """Whether the actor may still take the note back."""
    return note.author_id == actor.person_id and clock.now() - note.written_at <= REMOVABLE_FOR


def notes_on_card(session: Session, actor: Actor, found: PeriodCard) -> list[KpiNote]:
    """Everything said about the KPIs of a card in its cycle up to its period, in the order in which it was said."""
    require(session, actor, Action.SCORECARD_READ, found.person_id)
    wanted = (
        select(KpiNote)
        .join(KpiNote.plan)
        .join(KpiNote.period)
        .where(
            Plan.person_id == found.person_id, Plan.cycle_id == found.cycle.id, Period.ends_on <= found.period.ends_on
        )
        .options(contains_eager(KpiNote.period), joinedload(KpiNote.author))
        .order_by(KpiNote.written_at, KpiNote.id)
    )
    return list(session.scalars(wanted))
