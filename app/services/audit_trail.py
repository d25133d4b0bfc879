"""Who did what to whom, and when? The audit chain as people read it, page by page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.models import AuditEntry, AuditText, Person
from app.rules.vocabulary import Action
from app.services.organisation import settings_of


@dataclass(frozen=True, slots=True)
class Sought:
    """What the trail is narrowed to."""

    person: str = ""
    """Part of the name, or the number, of whoever did it or whom it concerns."""
    kind: str = ""
    """What an action's name begins with: `plan`, `entry`, `scorecard`."""
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One act with names in place of ids, and the words that belong to it, as far as they were not erased."""

    number: int
    at: datetime
    action: str
    actor: str
    """Empty for commands on the server and for the system itself."""
    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of acts, the latest first; counting them all would take longer than reading a page."""

    acts: Sequence[Act]
    has_more: bool


def list_acts(session: Session, actor: Actor, sought: Sought, *, offset: int = 0, limit: int = 50) -> Page:
    """The acts that fit, the latest first."""
    require(session, actor, Action.AUDIT_READ)
    wanted = _narrowed(session, sought).order_by(AuditEntry.id.desc()).offset(offset).limit(limit + 1)
    entries = session.scalars(wanted).all()
    shown = entries[:limit]
    people = {each for entry in shown for each in (entry.actor_id, entry.subject_id) if each is not None}
    names = {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))}
    facts = [json.loads(entry.details) for entry in shown]
    words = _words(session, facts)
    acts = [
        Act(
            number=entry.id,
            at=entry.at,
            action=entry.action,
            actor=names.get(entry.actor_id or 0, ""),
            subject=names.get(entry.subject_id or 0, ""),
            facts={name: _readable(value, words) for name, value in each.items()},
        )
        for entry, each in zip(shown, facts, strict=True)
    ]
    return Page(acts, len(entries) > limit)


def _narrowed(session: Session, sought: Sought) -> Select[AuditEntry]:
    wanted = select(AuditEntry)
    if sought.person:
        named = select(Person.id).where(
            or_(Person.name.icontains(sought.person, autoescape=True), Person.number == sought.person)
        )
        wanted = wanted.where(or_(AuditEntry.subject_id.in_(named), AuditEntry.actor_id.in_(named)))
    if sought.kind:
        wanted = wanted.where(AuditEntry.action.startswith(f"{sought.kind}.", autoescape=True))
    zone = ZoneInfo(settings_of(session).time_zone)
    if sought.first_day:
        wanted = wanted.where(AuditEntry.at >= datetime.combine(sought.first_day, time(), zone))
    if sought.last_day:
        wanted = wanted.where(AuditEntry.at < datetime.combine(sought.last_day + timedelta(days=1), time(), zone))
    return wanted


def _words(session: Session, facts: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    digests = {value["digest"] for each in facts for value in each.values() if _is_reference(value)}
    if not digests:
        return {}
    rows = session.execute(select(AuditText.digest, AuditText.words).where(AuditText.digest.in_(digests)))
    return {row.digest: row.words for row in rows}


def _readable(value: Any, words: Mapping[str, str]) -> Any:
    return words.get(value["digest"]) if _is_reference(value) else value


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"digest"}
