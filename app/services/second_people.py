"""Who decides about somebody's appraisals where nobody else can: named by whom, until which day, and why?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, allow, managers_above, require, seconds_named
from app.errors import Conflict, Invalid, NotFound
from app.models import Person, RoleGrant, SecondPerson
from app.models.people import not_left_before
from app.rules.faults import Fault
from app.rules.vocabulary import Action, Role
from app.services import audit
from app.services.assignments import LONGEST
from app.services.people_lists import person_named
from app.services.released import checked_words

NEEDED: Final = 2
"""People who can decide about somebody: one asks or has scored, another one confirms."""


@dataclass(frozen=True, slots=True)
class SecondValues:
    """Who is named, until when, and why; `who` is a name or an employee number."""

    who: str
    ends_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Seconds:
    """Who is named for somebody today, and whether the actor names and whether there is need of another one."""

    named: Sequence[SecondPerson]
    may_name: bool
    is_needed: bool


def seconds_of(session: Session, actor: Actor, *, person_id: int) -> Seconds:
    """Who decides about a person by name, for those who see the person."""
    require(session, actor, Action.PERSON_READ, person_id)
    named = session.scalars(
        select(SecondPerson)
        .where(SecondPerson.person_id == person_id, SecondPerson.ends_on >= actor.today)
        .options(joinedload(SecondPerson.deputy), joinedload(SecondPerson.by))
        .order_by(SecondPerson.id)
    ).all()
    may_name = allow(session, actor, Action.SECOND_NAME, person_id).is_allowed
    return Seconds(named, may_name, len(_deciders(session, actor, person_id)) < NEEDED)


def check_may_name(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse who never names anybody for this person, or where there is no need, before anything else is looked at."""
    require(session, actor, Action.SECOND_NAME, person_id)
    if len(_deciders(session, actor, person_id)) >= NEEDED:
        raise Conflict("second_is_there")


def name_second(session: Session, actor: Actor, *, person_id: int, values: SecondValues) -> SecondPerson:
    """Let somebody stand above a person until a day, where fewer than two people can decide (ADR 0022)."""
    require(session, actor, Action.SECOND_NAME, person_id)
    # Of two who name somebody at the same time the second one finds the first
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    deciders = _deciders(session, actor, person_id)
    if len(deciders) >= NEEDED:
        raise Conflict("second_is_there")
    reason = checked_words("reason", values.reason)
    deputy = _deputy(session, actor, values.who, person_id, deciders)
    if not actor.today <= values.ends_on <= actor.today + LONGEST:
        raise Invalid([Fault("ends_on", "not_within_a_year")])
    row = SecondPerson(
        person_id=person_id,
        deputy_id=deputy.id,
        starts_on=actor.today,
        ends_on=values.ends_on,
        reason=reason,
        by_id=actor.person_id,
        at=clock.now(),
    )
    session.add(row)
    session.flush()
    _record(session, actor, "second_person.named", row, reason)
    return row


def end_second(session: Session, actor: Actor, *, person_id: int, second_id: int) -> None:
    """Take the naming back: what was decided stays decided."""
    require(session, actor, Action.SECOND_NAME, person_id)
    row = session.get(SecondPerson, second_id)
    if row is None or row.person_id != person_id or row.ends_on < actor.today:
        raise NotFound
    _record(session, actor, "second_person.ended", row)
    session.delete(row)
    session.flush()


def _deciders(session: Session, actor: Actor, person_id: int) -> set[int]:
    """Who can decide about a person today: above the manager, of HR, or by name; never the person."""
    here = not_left_before(actor.today)
    hr = select(RoleGrant.person_id).join(Person, RoleGrant.person_id == Person.id).where(RoleGrant.role == Role.HR)
    above = managers_above(session, person_id, actor.today)[1:]
    named = seconds_named(session, person_id, actor.today)
    return {*above, *named, *session.scalars(hr.where(here))} - {person_id}


def _deputy(session: Session, actor: Actor, who: str, person_id: int, deciders: set[int]) -> Person:
    """The one person of this number or name on the staff who is neither the employee nor depends on them."""
    found = person_named(session, who, not_left_before(actor.today), at="who")
    if found.id == person_id:
        raise Invalid([Fault("who", "own_manager")])
    if found.id in deciders:
        raise Invalid([Fault("who", "second_may_decide")])
    is_manager = found.id in managers_above(session, person_id, actor.today)[:1]
    if is_manager or person_id in managers_above(session, found.id, actor.today):
        raise Invalid([Fault("who", "second_depends")])
    return found


def _record(session: Session, actor: Actor, action: str, row: SecondPerson, reason: str = "") -> None:
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        about=("second_person", row.id),
        subject_id=row.person_id,
        details={"deputy": row.deputy_id, "ends_on": row.ends_on},
        words={"reason": reason} if reason else None,
    )
