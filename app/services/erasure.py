"""How is a person's data erased when it need not be kept any more, and what stays? Two people, and never under a hold.

What stays is what nobody can be recognised by: days, units, totals and grades, and the chain of acts without its words.
"""

import hashlib
import json
import re
from calendar import isleap
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, may, note_question, require
from app.errors import Conflict, Invalid, NotFound
from app.models import (
    Account,
    Appraisal,
    AuditEntry,
    AuditText,
    Base,
    Erasure,
    EvidenceFile,
    IssuedPdf,
    Person,
    Plan,
    PublishedScorecard,
)
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import Action
from app.services import audit, own_data
from app.services.evidence import path_of
from app.services.issued import path_of_pdf
from app.services.organisation import settings_of
from app.services.privacy import is_held
from app.settings import Settings

LONGEST_REASON: Final = 2_000
LEDGER: Final = "erased.jsonl"
"""Beside the data: who was erased, by digest, so that a restored backup does not bring them back."""
_KEPT: Final = frozenset(
    {"person", "placement", "reporting_line", "plan", "appraisal", "published_scorecard", "erasure", "legal_hold"}
)
"""Tables of which rows stay, without words."""
_DIGEST: Final = re.compile(r'"digest":"([0-9a-f]{64})"')


def due(session: Session, actor: Actor) -> Sequence[Person]:
    """Those who left so long ago that their data need not be kept, and of whom nobody has asked the erasing yet."""
    note_question(session, Action.PRIVACY_MANAGE)
    wanted = (
        select(Person)
        .where(
            may(actor, Action.PRIVACY_MANAGE, Person.id),
            Person.left_on < years_before(actor.today, settings_of(session).retention_years),
            Person.id.not_in(select(Erasure.person_id)),
            ~is_held(Person.id, actor.today),
        )
        .order_by(Person.left_on, Person.id)
        .limit(200)
    )
    return session.scalars(wanted).all()


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; of 29 February the 28th, where there is none."""
    earlier = day.year - years
    is_gone = (day.month, day.day) == (2, 29) and not isleap(earlier)
    return date(earlier, day.month, 28 if is_gone else day.day)


def asked(session: Session, actor: Actor) -> Sequence[Erasure]:
    """Erasures that wait for a second person."""
    note_question(session, Action.PRIVACY_MANAGE)
    wanted = (
        select(Erasure)
        .where(may(actor, Action.PRIVACY_MANAGE, Erasure.person_id), Erasure.erased_at.is_(None))
        .options(joinedload(Erasure.person), joinedload(Erasure.asked_by))
        .order_by(Erasure.id)
    )
    return session.scalars(wanted).all()


def ask_erasure(session: Session, actor: Actor, *, person_id: int, reason: str) -> Erasure:
    """Ask that the data of somebody who has left be erased; a second person does it."""
    require(session, actor, Action.PRIVACY_MANAGE, person_id)
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound
    _refuse_if_kept(session, actor, person)
    if session.scalar(select(Erasure.id).where(Erasure.person_id == person_id)):
        raise Conflict("erasure_asked")
    reason = tidy_lines(reason)
    if faults := text_faults("reason", reason, limit=LONGEST_REASON):
        raise Invalid(faults)
    made = Erasure(person_id=person_id, reason=reason, asked_at=clock.now(), asked_by_id=actor.person_id)
    session.add(made)
    session.flush()
    audit.record(
        session,
        "privacy.erasure_asked",
        actor_id=actor.person_id,
        about=("erasure", made.id),
        subject_id=person_id,
        words={"reason": reason},
    )
    return made


def withdraw(session: Session, actor: Actor, *, erasure_id: int) -> None:
    """Take back what was asked, before it is done."""
    made = _open(session, actor, erasure_id)
    audit.record(
        session,
        "privacy.erasure_withdrawn",
        actor_id=actor.person_id,
        about=("erasure", made.id),
        subject_id=made.person_id,
    )
    session.delete(made)
    session.flush()


def erase(session: Session, actor: Actor, *, erasure_id: int) -> None:
    """Erase as asked by somebody else; this cannot be undone."""
    made = _open(session, actor, erasure_id)
    if made.asked_by_id == actor.person_id:
        raise Conflict("second_person_needed")
    _refuse_if_kept(session, actor, made.person)
    made.erased_at, made.erased_by_id, made.reason = clock.now(), actor.person_id, ""
    _note_in_ledger(settings_of(session), made.person)
    audit.record(
        session, "privacy.erased", actor_id=actor.person_id, about=("erasure", made.id), subject_id=made.person_id
    )
    _erase(session, made.person)


def replay(session: Session) -> int:
    """Erase again whom the ledger names, after a backup from before brought them back; how many that were."""
    path = settings_of(session).data_dir / LEDGER
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    count = 0
    for line in lines:
        noted = json.loads(line)
        person = session.get(Person, noted["person"])
        if person is None or _number_digest(person) != noted["number"]:
            continue
        made = session.scalars(select(Erasure).where(Erasure.person_id == person.id)).one_or_none()
        if made is None:
            made = Erasure(person_id=person.id, asked_at=clock.now(), asked_by_id=person.id)
            session.add(made)
        made.reason, made.erased_at = "", clock.now()
        session.flush()
        audit.record(session, "privacy.erased", actor_id=None, about=("erasure", made.id), subject_id=person.id)
        _erase(session, person)
        count += 1
    return count


def _open(session: Session, actor: Actor, erasure_id: int) -> Erasure:
    require(session, actor, Action.PRIVACY_MANAGE)
    made = session.get(Erasure, erasure_id, with_for_update=True)
    if made is None:
        raise NotFound
    require(session, actor, Action.PRIVACY_MANAGE, made.person_id)
    if made.erased_at is not None:
        raise Conflict("already_erased")
    return made


def _refuse_if_kept(session: Session, actor: Actor, person: Person) -> None:
    if person.left_on is None or person.left_on >= actor.today:
        raise Conflict("person_still_here")
    if session.scalar(select(is_held(person.id, actor.today))):
        raise Conflict("person_held")


def _erase(session: Session, person: Person) -> None:
    session.flush()
    files = _files_of(session, person.id)
    _erase_words_of_acts(session, person.id)
    owners = own_data.owners()
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in owners and table.name not in _KEPT and table.name not in {"account", "issued_pdf"}:
            session.execute(delete(table).where(own_data.is_of(table, person.id)))
    mine = select(Appraisal.id).where(Appraisal.person_id == person.id)
    session.execute(update(PublishedScorecard).where(PublishedScorecard.appraisal_id.in_(mine)).values(snapshot=""))
    session.execute(delete(IssuedPdf).where(own_data.is_of(IssuedPdf.__table__, person.id)))  # type: ignore[arg-type]
    session.execute(update(Appraisal).where(Appraisal.person_id == person.id).values(comment=""))
    session.execute(update(Plan).where(Plan.person_id == person.id).values(change_reason=""))
    session.execute(delete(Account).where(Account.person_id == person.id))
    session.expire_all()
    person.name, person.number, person.email = f"– {person.id} –", f"erased-{person.id}", None
    session.flush()
    for path in files:
        path.unlink(missing_ok=True)


def _files_of(session: Session, person_id: int) -> list[Path]:
    """The files that hold the person's data and nobody else's."""
    settings = settings_of(session)
    evidence, pdfs = EvidenceFile.__table__, IssuedPdf.__table__
    mine = own_data.is_of(evidence, person_id)  # type: ignore[arg-type]
    shared = select(evidence.c.digest).where(~mine)
    digests = session.scalars(select(evidence.c.digest).where(mine, evidence.c.digest.not_in(shared))).all()
    issued = session.scalars(select(pdfs.c.digest).where(own_data.is_of(pdfs, person_id))).all()  # type: ignore[arg-type]
    return [
        *(path_of(settings, digest) for digest in digests),
        *(path_of_pdf(settings, digest) for digest in issued),
    ]


def _erase_words_of_acts(session: Session, person_id: int) -> None:
    details = session.scalars(select(AuditEntry.details).where(AuditEntry.subject_id == person_id))
    digests = {digest for each in details for digest in _DIGEST.findall(each)}
    if digests:
        session.execute(delete(AuditText).where(AuditText.digest.in_(digests)))


def _note_in_ledger(settings: Settings, person: Person) -> None:
    line = json.dumps({"person": person.id, "number": _number_digest(person)})
    with (settings.data_dir / LEDGER).open("a", encoding="utf-8") as ledger:
        ledger.write(line + "\n")


def _number_digest(person: Person) -> str:
    return hashlib.sha256(f"{person.id}:{person.number}".encode()).hexdigest()
