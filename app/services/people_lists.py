"""Which people may somebody see, and what is known about them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql import ColumnElement

from app.access import Actor, note_question, reporting_to, require, visible_people
from app.errors import Invalid, NotFound
from app.models import Account, Person, Placement, Position, ReportingLine, Unit
from app.models.people import lasts_on, not_left_before
from app.rules.faults import Fault
from app.rules.texts import search_words, tidy
from app.rules.vocabulary import Action
from app.services.listing import Listing

MOST_OFFERED: Final = 500

_WITH_HISTORY: Final[tuple[ORMOption, ...]] = (
    selectinload(Person.placements).joinedload(Placement.unit),
    selectinload(Person.placements).joinedload(Placement.position),
    selectinload(Person.reporting_lines).joinedload(ReportingLine.manager),
    selectinload(Person.grants),
)


def person_named(session: Session, written: str, *among: ColumnElement[bool], at: str) -> Person:
    """Whom the words in the field `at` mean: by employee number, or by a name that only one person among them has."""
    wanted = tidy(written).lower()
    if not wanted:
        raise Invalid([Fault(at, "required")])
    is_meant = or_(func.lower(Person.number) == wanted, func.lower(Person.name) == wanted)
    found = session.scalars(select(Person).where(is_meant, *among).limit(2)).all()
    if len(found) != 1:
        raise Invalid([Fault(at, "several_so_named" if found else "nobody_so_named")])
    return found[0]


def list_people(
    session: Session,
    actor: Actor,
    *,
    search: str = "",
    unit_id: int | None = None,
    with_left: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> Listing[Person]:
    """The people whom the actor may see, by name; `search` looks into names, numbers and e-mail addresses."""
    note_question(session, Action.PERSON_READ)
    query = visible_people(actor)
    for word in search_words(search):
        columns = (Person.name, Person.number, Person.email)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    if unit_id is not None:
        query = query.where(Person.id.in_(placed_in(unit_id, actor.today)))
    if not with_left:
        query = query.where(not_left_before(actor.today))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.options(*_WITH_HISTORY).order_by(Person.name, Person.id).offset(offset).limit(limit)
    return Listing(session.scalars(page).all(), total)


def get_person(session: Session, actor: Actor, *, person_id: int) -> Person:
    """One person with placements, reporting lines and roles."""
    require(session, actor, Action.PERSON_READ, person_id)
    return load_person(session, person_id)


def team_of(session: Session, actor: Actor, *, person_id: int) -> list[Person]:
    """Those who report to a person today, as far as the actor may see them."""
    note_question(session, Action.PERSON_READ)
    query = visible_people(actor).where(Person.id.in_(reporting_to(person_id, actor.today))).options(*_WITH_HISTORY)
    return list(session.scalars(query.order_by(Person.name, Person.id)))


def without_manager(session: Session, actor: Actor) -> list[Person]:
    """Those whose manager has left and who have no new one yet."""
    require(session, actor, Action.PERSON_READ)
    manager = select(Person.left_on).where(Person.id == ReportingLine.manager_id).scalar_subquery()
    reported_until_then = exists().where(
        ReportingLine.person_id == Person.id, ReportingLine.ends_on == manager, ReportingLine.ends_on < actor.today
    )
    reports = exists().where(ReportingLine.person_id == Person.id, lasts_on(ReportingLine, actor.today))
    query = select(Person).where(reported_until_then, ~reports, not_left_before(actor.today))
    return list(session.scalars(query.order_by(Person.name, Person.id)))


@dataclass(frozen=True, slots=True)
class Choices:
    """What a form about a person offers."""

    units: Sequence[Unit]
    positions: Sequence[Position]
    managers: Sequence[Person]
    """Everybody in a small organisation, those to whom somebody reports in a large one."""


def choices(session: Session, actor: Actor) -> Choices:
    """What may be chosen for a person."""
    require(session, actor, Action.PERSON_WRITE)
    employed = select(Person).where(not_left_before(actor.today))
    people = session.scalars(employed.order_by(Person.name, Person.id).limit(MOST_OFFERED + 1)).all()
    if len(people) > MOST_OFFERED:
        leads = select(ReportingLine.manager_id).where(lasts_on(ReportingLine, actor.today))
        people = session.scalars(
            employed.where(Person.id.in_(leads)).order_by(Person.name, Person.id).limit(MOST_OFFERED)
        ).all()
    return Choices(
        units=session.scalars(select(Unit).order_by(Unit.name, Unit.id)).all(),
        positions=session.scalars(select(Position).order_by(Position.name, Position.id)).all(),
        managers=people,
    )


def person_by_number(session: Session, actor: Actor, *, number: str) -> Person | None:
    """The person with an employee number, whatever its capitals, among those whom the actor may see."""
    note_question(session, Action.PERSON_READ)
    wanted = " ".join(search_words(tidy(number)))
    same = or_(Person.number == wanted, func.lower(Person.number) == wanted.lower())
    return session.scalar(visible_people(actor).where(same).order_by(Person.id).limit(1))


def accounts_of(session: Session, people: Sequence[Person]) -> dict[int, Account]:
    """The accounts of people by the person's id; whoever may see a person may know of the account."""
    ids = [person.id for person in people]
    return {
        account.person_id: account for account in session.scalars(select(Account).where(Account.person_id.in_(ids)))
    }


def load_person(session: Session, person_id: int, *, lock: bool = False) -> Person:
    """A person with placements, lines and roles, for a caller who has asked for permission; locked to be changed."""
    query = select(Person).where(Person.id == person_id).options(*_WITH_HISTORY)
    if lock:
        query = query.with_for_update(of=Person).execution_options(populate_existing=True)
    person = session.scalar(query)
    if person is None:
        raise NotFound
    return person


def placed_in(unit_id: int, day: date) -> Select[int]:
    """Who sits in a unit, or in one below it."""
    return select(Placement.person_id).where(Placement.unit_id.in_(units_below(unit_id)), lasts_on(Placement, day))


def units_below(unit_id: int) -> Select[int]:
    """The ids of a unit and of all below it."""
    units = select(Unit.id).where(Unit.id == unit_id).cte("units", recursive=True)
    return select(units.union(select(Unit.id).where(Unit.parent_id == units.c.id)).c.id)
