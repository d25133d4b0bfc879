"""Who is on the staff, and who joins, changes, leaves, or is given a role?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.sql import ColumnElement

from app import clock
from app.access import Actor, require
from app.errors import Conflict, Invalid, NotAllowed
from app.models import Account, Person, Position, RoleGrant, Unit
from app.rules.faults import Fault
from app.rules.texts import is_email, text_faults, tidy
from app.rules.vocabulary import Action, Role
from app.services import audit
from app.services.employment import (
    Seat,
    circle_fault,
    employ,
    line_on,
    manager_on,
    place,
    placement_on,
    release_reports,
    report,
)
from app.services.listing import Listing
from app.services.people_lists import (
    Choices,
    accounts_of,
    choices,
    get_person,
    list_people,
    load_person,
    person_by_number,
    team_of,
    without_manager,
)
from app.services.plan_days import fit_plans

__all__ = [
    "Choices",
    "Listing",
    "PersonValues",
    "accounts_of",
    "change_person",
    "choices",
    "enter_person",
    "get_person",
    "grant_role",
    "line_on",
    "list_people",
    "manager_on",
    "person_by_number",
    "placement_on",
    "team_of",
    "withdraw_role",
    "without_manager",
]  # fmt: skip

LONGEST_NUMBER: Final = 40
LONGEST_NAME: Final = 200
LONGEST_EMAIL: Final = 254
EARLIEST: Final = date(1940, 1, 1)
LATEST: Final = date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class PersonValues:
    """Everything that is typed about a person.

    Unit, position and manager are those that hold from `placed_on` and `reports_on`. Without such a day they count as
    the present ones: a difference holds from today, or from the day of joining if that is still to come.
    """

    number: str
    name: str
    joined_on: date
    email: str | None = None
    left_on: date | None = None
    unit_id: int | None = None
    position_id: int | None = None
    manager_id: int | None = None
    placed_on: date | None = None
    reports_on: date | None = None


def enter_person(session: Session, actor: Actor, *, values: PersonValues) -> Person:
    """Put somebody on the staff, with a first placement and reporting line."""
    require(session, actor, Action.PERSON_WRITE)
    faults = _faults(session, actor, values, None)
    if faults:
        raise Invalid(faults)
    with _whole(session):
        person = Person(joined_on=values.joined_on, placements=[], reporting_lines=[], grants=[])
        _write_facts(person, values)
        session.add(person)
        session.flush()
        _seat_and_line(session, actor, person, values)
    audit.record(
        session,
        "person.entered",
        actor_id=actor.person_id,
        about=("person", person.id),
        subject_id=person.id,
        details=_facts(person),
        words=_words(person),
    )
    return person


def change_person(session: Session, actor: Actor, *, person_id: int, version: int, values: PersonValues) -> Person:
    """Change facts of a person, their placement or their manager, each from a day on."""
    require(session, actor, Action.PERSON_WRITE, person_id)
    person = load_person(session, person_id, lock=True)
    if person.version != version:
        raise Conflict("stale")
    faults = _faults(session, actor, values, person)
    if faults:
        raise Invalid(faults)
    before, words_before = _facts(person), _words(person)
    old = (person.joined_on, person.left_on)
    with _whole(session):
        _write_facts(person, values)
        _keep_sign_in(session, person)
        employ(person, old)
        _seat_and_line(session, actor, person, values)
    if old[1] != person.left_on:
        release_reports(session, actor, person, old[1])
        fit_plans(session, actor, person)
    after, words = _facts(person), _words(person)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    new_words = {name: text for name, text in words.items() if words_before.get(name) != text}
    if changes or new_words:
        audit.record(
            session,
            "person.changed",
            actor_id=actor.person_id,
            about=("person", person.id),
            subject_id=person.id,
            details=changes,
            words=new_words,
        )
    return person


def grant_role(session: Session, actor: Actor, *, person_id: int, role: Role) -> None:
    """Give a person a role; nobody gives one to themselves."""
    person = _for_role(session, actor, person_id)
    if any(grant.role is role for grant in person.grants):
        raise Conflict("role_granted")
    person.grants.append(RoleGrant(role=role))
    _record_role(session, actor, person, role, "role.granted")


def withdraw_role(session: Session, actor: Actor, *, person_id: int, role: Role) -> None:
    """Take a role back; the last HR keeps theirs, and nobody takes one from themselves."""
    person = _for_role(session, actor, person_id)
    grant = next((grant for grant in person.grants if grant.role is role), None)
    if grant is None:
        raise Conflict("role_not_granted")
    if role is Role.HR and _is_last_hr(session, person, actor.today):
        raise Conflict("last_hr")
    person.grants.remove(grant)
    _record_role(session, actor, person, role, "role.withdrawn")


def _seat_and_line(session: Session, actor: Actor, person: Person, values: PersonValues) -> None:
    """Write placement and manager; a circle is found only now, when the line's days are known."""
    seat: Seat | None = (values.unit_id, values.position_id) if values.unit_id and values.position_id else None
    joins = person.joined_on if not person.placements and not person.reporting_lines else None
    place(person, seat, values.placed_on or (joins if seat else None), actor.today)
    manager = session.get(Person, values.manager_id) if values.manager_id else None
    report(person, manager, values.reports_on or (joins if manager else None), actor.today)
    session.flush()
    _read_back(session, person)
    if fault := circle_fault(session, person):
        raise Invalid([fault])


def _faults(session: Session, actor: Actor, values: PersonValues, person: Person | None) -> list[Fault]:
    own_id = person.id if person else None
    faults = [
        *_number_faults(session, tidy(values.number), own_id),
        *text_faults("name", tidy(values.name), limit=LONGEST_NAME),
        *_email_faults(session, tidy(values.email).lower(), own_id),
        *_date_faults(values),
        *_seat_faults(session, values),
        *_manager_faults(session, actor, values, person),
    ]
    if person and values.left_on and _is_last_hr(session, person, values.left_on):
        faults.append(Fault("left_on", "last_hr"))
    return faults


def _number_faults(session: Session, number: str, own_id: int | None) -> list[Fault]:
    if faults := text_faults("number", number, limit=LONGEST_NUMBER):
        return faults
    same = or_(Person.number == number, func.lower(Person.number) == number.lower())
    return [Fault("number", "already_taken")] if _is_taken(session, same, own_id) else []


def _email_faults(session: Session, email: str, own_id: int | None) -> list[Fault]:
    if not email:
        return []
    if faults := text_faults("email", email, limit=LONGEST_EMAIL):
        return faults
    if not is_email(email):
        return [Fault("email", "email_unreadable")]
    same = or_(Person.email == email, func.lower(Person.email) == email)
    return [Fault("email", "already_taken")] if _is_taken(session, same, own_id) else []


def _date_faults(values: PersonValues) -> list[Fault]:
    faults = []
    if not EARLIEST <= values.joined_on < LATEST:
        faults.append(Fault("joined_on", "date_out_of_range"))
    if values.left_on and values.left_on >= LATEST:
        faults.append(Fault("left_on", "date_out_of_range"))
    if values.left_on and values.left_on < values.joined_on:
        faults.append(Fault("left_on", "leaves_before_joining"))
    for at, day in (("placed_on", values.placed_on), ("reports_on", values.reports_on)):
        if day and day < values.joined_on:
            faults.append(Fault(at, "before_joining"))
        elif day and values.left_on and day > values.left_on:
            faults.append(Fault(at, "after_leaving"))
    return faults


def _seat_faults(session: Session, values: PersonValues) -> list[Fault]:
    faults = []
    if values.unit_id and session.get(Unit, values.unit_id) is None:
        faults.append(Fault("unit_id", "choice_unknown"))
    if values.position_id and session.get(Position, values.position_id) is None:
        faults.append(Fault("position_id", "choice_unknown"))
    if values.unit_id and not values.position_id:
        faults.append(Fault("position_id", "unit_without_position"))
    if values.position_id and not values.unit_id:
        faults.append(Fault("unit_id", "position_without_unit"))
    return faults


def _manager_faults(session: Session, actor: Actor, values: PersonValues, person: Person | None) -> list[Fault]:
    if values.manager_id is None:
        return []
    manager = session.get(Person, values.manager_id)
    if manager is None:
        return [Fault("manager_id", "choice_unknown")]
    if person and manager.id == person.id:
        return [Fault("manager_id", "own_manager")]
    starts_on = values.reports_on or max(actor.today, values.joined_on)
    if manager.left_on and manager.left_on < starts_on:
        return [Fault("manager_id", "manager_left", {"name": manager.name})]
    return []


def _write_facts(person: Person, values: PersonValues) -> None:
    person.number = tidy(values.number)
    person.name = tidy(values.name)
    person.email = tidy(values.email).lower() or None
    person.joined_on = values.joined_on
    person.left_on = values.left_on
    person.changed_at = clock.now()
    # A person counts as changed too when only a placement or a line is
    flag_modified(person, "changed_at")


def _keep_sign_in(session: Session, person: Person) -> None:
    """People sign in with the address that they have now."""
    if person.email:
        session.execute(update(Account).where(Account.person_id == person.id).values(email=person.email))


def _read_back(session: Session, person: Person) -> None:
    """Let relations be read anew whose ids were written."""
    for row in (*person.placements, *person.reporting_lines):
        session.expire(row)
    session.expire(person, ["placements", "reporting_lines"])


@contextmanager
def _whole(session: Session) -> Iterator[None]:
    """All of it or nothing, whatever is refused on the way."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as refused:
        # Two transactions may find the same number free at the same moment: the database decides
        at = "email" if "email" in str(refused.orig) else "number"
        raise Invalid([Fault(at, "already_taken")]) from refused


def _facts(person: Person) -> dict[str, object]:
    return {
        "number": person.number,
        "joined_on": person.joined_on,
        "left_on": person.left_on,
        "placements": [[row.starts_on, row.ends_on, row.unit_id, row.position_id] for row in person.placements],
        "reporting_lines": [[row.starts_on, row.ends_on, row.manager_id] for row in person.reporting_lines],
    }


def _words(person: Person) -> dict[str, str]:
    """Name and address stand beside the chain, so that they can be erased one day."""
    return {"name": person.name, **({"email": person.email} if person.email else {})}


def _for_role(session: Session, actor: Actor, person_id: int) -> Person:
    require(session, actor, Action.PERSON_WRITE, person_id)
    person = load_person(session, person_id, lock=True)
    if person_id == actor.person_id:
        raise NotAllowed("own_role")
    return person


def _record_role(session: Session, actor: Actor, person: Person, role: Role, action: str) -> None:
    session.flush()
    about = ("person", person.id)
    audit.record(session, action, actor_id=actor.person_id, about=about, subject_id=person.id, details={"role": role})


def _is_last_hr(session: Session, person: Person, day: date) -> bool:
    """Whether nobody else with the role of HR is on the staff after the day."""
    if not any(grant.role is Role.HR for grant in person.grants):
        return False
    others = (
        select(RoleGrant.id)
        .join(Person, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == Role.HR,
            RoleGrant.person_id != person.id,
            or_(Person.left_on.is_(None), Person.left_on > day),
        )
    )
    return not session.scalar(select(exists(others)))


def _is_taken(session: Session, condition: ColumnElement[bool], own_id: int | None) -> bool:
    return bool(session.scalar(select(exists().where(condition, Person.id.is_distinct_from(own_id)))))
