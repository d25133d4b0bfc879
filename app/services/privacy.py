"""What do people ask about their own data, who looked at it, and what must be kept?"""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from app import clock
from app.access import Actor, may, note_question, require
from app.database import Sessions, transaction
from app.errors import Conflict, Invalid, NotFound
from app.models import Appraisal, AuditEntry, DataRequest, Entry, EvidenceFile, LegalHold, Person, PublishedScorecard
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import Action, DataRequestKind, Language
from app.services import audit, own_data, people_lists
from app.services.evidence import path_of
from app.services.issued import issue_pdf
from app.services.organisation import settings_of

ANSWER_WITHIN: Final = timedelta(hours=72)
"""Law 27/2022 (UU PDP) articles 30 and 32: three times twenty-four hours."""
LONGEST_TEXT: Final = 4_000
MOST_OPEN: Final = 20
EXPORTED: Final = "privacy.exported"
LOOKS: Final = ("scorecard.viewed", "scorecard.downloaded", "evidence.downloaded")
"""What counts as a look at somebody's data."""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody else's look at the data."""

    at: datetime
    by: str
    action: str


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything about a person in one file."""

    file_name: str
    content: bytes


def check_own(session: Session, actor: Actor) -> None:
    """Refuse whoever may not ask for their own data, before anything else is looked at."""
    require(session, actor, Action.PRIVACY_OWN)


def check_manage(session: Session, actor: Actor) -> None:
    """Refuse whoever does not answer for personal data, before anything else is looked at."""
    require(session, actor, Action.PRIVACY_MANAGE)


def person_named(session: Session, actor: Actor, written: str) -> Person:
    """Whom the words mean: by employee number, or by a name that only one person has."""
    note_question(session, Action.PRIVACY_MANAGE)
    return people_lists.person_named(session, written, may(actor, Action.PRIVACY_MANAGE, Person.id), at="person")


# --- One's own data ---------------------------------------------------------------------------------------------------


def looks_at(session: Session, actor: Actor, *, offset: int = 0, limit: int = 50) -> Sequence[Look]:
    """Who looked at the actor's own data, the latest first; one beyond the limit if there are more."""
    require(session, actor, Action.PRIVACY_OWN)
    wanted = (
        select(AuditEntry.at, Person.name, AuditEntry.action)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(
            AuditEntry.subject_id == actor.person_id,
            AuditEntry.action.in_(LOOKS),
            or_(AuditEntry.actor_id != actor.person_id, AuditEntry.actor_id.is_(None)),
        )
        .order_by(AuditEntry.id.desc())
        .offset(offset)
        .limit(limit + 1)
    )
    return [Look(at, name or "", action) for at, name, action in session.execute(wanted)]


def own_archive(sessions: Sessions, actor: Actor) -> Archive:
    """Everything that is stored about the actor: all rows, all acts, every published scorecard, every evidence file.

    It is put together outside every transaction; that it was handed out is recorded in one of its own.
    """
    with transaction(sessions, writes=False) as session:
        require(session, actor, Action.PRIVACY_OWN)
        person = session.get_one(Person, actor.person_id)
        data = {
            "made_at": clock.now().isoformat(),
            "person": {"number": person.number, "name": person.name},
            "records": own_data.rows_about(session, actor.person_id),
            "acts": own_data.acts_about(session, actor.person_id),
        }
        cards = session.scalars(
            select(PublishedScorecard.id)
            .join(PublishedScorecard.appraisal)
            .where(Appraisal.person_id == actor.person_id, PublishedScorecard.snapshot != "")
            .order_by(PublishedScorecard.id)
        ).all()
        files = _files_of(session, actor.person_id)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True))
        for card_id in cards:
            pdf = issue_pdf(sessions, actor, card_id, Language.INDONESIAN)
            archive.writestr(f"scorecards/{card_id}-{pdf.file_name}", pdf.content)
        for name, content in files:
            archive.writestr(f"evidence/{name}", content)
    with transaction(sessions) as session:
        about = ("person", actor.person_id)
        audit.record(session, EXPORTED, actor_id=actor.person_id, about=about, subject_id=actor.person_id)
    return Archive(f"kinerja-{person.number}.zip", packed.getvalue())


def _files_of(session: Session, person_id: int) -> list[tuple[str, bytes]]:
    settings = settings_of(session)
    mine = own_data.is_of(Entry.__table__, person_id)  # type: ignore[arg-type]
    rows = session.scalars(select(EvidenceFile).join(Entry, EvidenceFile.entry_id == Entry.id).where(mine))
    found = [(f"{file.id}-{file.name}", path_of(settings, file.digest)) for file in rows]
    return [(name, path.read_bytes()) for name, path in found if path.is_file()]


# --- Requests ---------------------------------------------------------------------------------------------------------


def ask(session: Session, actor: Actor, *, kind: DataRequestKind, text: str) -> DataRequest:
    """Ask for a correction, an erasure, or for a person to look at a score; an answer is owed within three days."""
    require(session, actor, Action.PRIVACY_OWN)
    text = tidy_lines(text)
    if faults := text_faults("text", text, limit=LONGEST_TEXT):
        raise Invalid(faults)
    is_open = (DataRequest.person_id == actor.person_id) & DataRequest.answered_at.is_(None)
    if len(session.scalars(select(DataRequest.id).where(is_open)).all()) >= MOST_OPEN:
        raise Conflict("too_many_data_requests")
    now = clock.now()
    asked = DataRequest(person_id=actor.person_id, kind=kind, text=text, asked_at=now, due_at=now + ANSWER_WITHIN)
    session.add(asked)
    session.flush()
    audit.record(
        session,
        "privacy.asked",
        actor_id=actor.person_id,
        about=("data_request", asked.id),
        subject_id=actor.person_id,
        details={"kind": kind},
        words={"text": text},
    )
    return asked


def own_requests(session: Session, actor: Actor) -> Sequence[DataRequest]:
    """What the actor has asked, the latest first."""
    require(session, actor, Action.PRIVACY_OWN)
    wanted = select(DataRequest).where(DataRequest.person_id == actor.person_id).order_by(DataRequest.id.desc())
    return session.scalars(wanted.options(joinedload(DataRequest.answered_by))).all()


def list_requests(session: Session, actor: Actor, *, is_open: bool) -> Sequence[DataRequest]:
    """What people ask of the organisation: open ones by the clock, or the latest answers."""
    note_question(session, Action.PRIVACY_MANAGE)
    wanted = (
        select(DataRequest)
        .where(may(actor, Action.PRIVACY_MANAGE, DataRequest.person_id), DataRequest.answered_at.is_(None) == is_open)
        .options(joinedload(DataRequest.person), joinedload(DataRequest.answered_by))
        .limit(200)
    )
    order = DataRequest.due_at if is_open else DataRequest.answered_at.desc()
    return session.scalars(wanted.order_by(order, DataRequest.id)).all()


def answer(session: Session, actor: Actor, *, request_id: int, is_granted: bool, text: str) -> DataRequest:
    """Answer a request of somebody else; the answer cannot be changed afterwards."""
    require(session, actor, Action.PRIVACY_MANAGE)
    asked = session.get(DataRequest, request_id, with_for_update=True)
    if asked is None:
        raise NotFound
    require(session, actor, Action.PRIVACY_MANAGE, asked.person_id)
    if asked.answered_at is not None:
        raise Conflict("data_request_answered")
    text = tidy_lines(text)
    if faults := text_faults("answer", text, limit=LONGEST_TEXT):
        raise Invalid(faults)
    asked.answered_at, asked.answered_by_id = clock.now(), actor.person_id
    asked.is_granted, asked.answer = is_granted, text
    session.flush()
    audit.record(
        session,
        "privacy.answered",
        actor_id=actor.person_id,
        about=("data_request", asked.id),
        subject_id=asked.person_id,
        details={"granted": is_granted},
        words={"answer": text},
    )
    return asked


# --- Legal hold -------------------------------------------------------------------------------------------------------


def holds(session: Session, actor: Actor) -> Sequence[LegalHold]:
    """The holds in force, the latest first."""
    note_question(session, Action.PRIVACY_MANAGE)
    wanted = select(LegalHold).where(may(actor, Action.PRIVACY_MANAGE, LegalHold.person_id), _in_force(actor.today))
    wanted = wanted.options(joinedload(LegalHold.person), joinedload(LegalHold.set_by))
    return session.scalars(wanted.order_by(LegalHold.id.desc())).all()


def is_held(person_id: InstrumentedAttribute[int] | int, day: date) -> ColumnElement[bool]:
    """Whether somebody's data must be kept on a day, whatever the retention says; a part of a query."""
    return exists().where(LegalHold.person_id == person_id, _in_force(day))


def hold(session: Session, actor: Actor, *, person_id: int, reason: str, until: date | None) -> LegalHold:
    """Keep somebody's data, for a reason, until a day or until further notice."""
    require(session, actor, Action.PRIVACY_MANAGE, person_id)
    reason = tidy_lines(reason)
    faults = text_faults("reason", reason, limit=LONGEST_TEXT)
    if until is not None and until < actor.today:
        faults.append(Fault("until", "day_is_past"))
    if faults:
        raise Invalid(faults)
    made = LegalHold(person_id=person_id, reason=reason, until=until, set_at=clock.now(), set_by_id=actor.person_id)
    session.add(made)
    session.flush()
    audit.record(
        session,
        "privacy.held",
        actor_id=actor.person_id,
        about=("legal_hold", made.id),
        subject_id=person_id,
        details={"until": until},
        words={"reason": reason},
    )
    return made


def lift(session: Session, actor: Actor, *, hold_id: int) -> None:
    """End a hold before its time."""
    require(session, actor, Action.PRIVACY_MANAGE)
    found = session.get(LegalHold, hold_id, with_for_update=True)
    if found is None:
        raise NotFound
    require(session, actor, Action.PRIVACY_MANAGE, found.person_id)
    if found.lifted_at is not None:
        raise Conflict("hold_lifted")
    found.lifted_at, found.lifted_by_id = clock.now(), actor.person_id
    session.flush()
    audit.record(
        session,
        "privacy.hold_lifted",
        actor_id=actor.person_id,
        about=("legal_hold", found.id),
        subject_id=found.person_id,
    )


def _in_force(day: date) -> ColumnElement[bool]:
    return LegalHold.lifted_at.is_(None) & or_(LegalHold.until.is_(None), LegalHold.until >= day)
