"""Which units and positions does the organisation have?"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeVar

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.access import Actor, may, note_question, require
from app.errors import Conflict, Invalid, NotFound
from app.models import Placement, Position, Unit
from app.models.people import lasts_on
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy
from app.rules.vocabulary import Action
from app.services import audit

T = TypeVar("T", Unit, Position)

LONGEST_CODE: Final = 40
LONGEST_NAME: Final = 200
_SIGNS: Final = re.compile(r"[\w.&/-]+(?: [\w.&/-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class UnitValues:
    """What is typed about a unit; an empty code is made from the name."""

    name: str
    code: str = ""
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class PositionValues:
    """What is typed about a position; an empty code is made from the name."""

    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """A unit or position, and how many people it has today; a unit has those of the units below it too."""

    item: T
    people: int
    depth: int = 0
    """How deep a unit stands in the tree."""


def check_may_write(session: Session, actor: Actor) -> None:
    """Refuse those who may not change the organisation."""
    require(session, actor, Action.PERSON_WRITE)


def list_units(session: Session, actor: Actor) -> list[Counted[Unit]]:
    """All units in the order of the tree, each with the number of people in it and below it."""
    require(session, actor, Action.PERSON_READ)
    units = session.scalars(select(Unit).order_by(Unit.name, Unit.id)).all()
    below: dict[int | None, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id, []).append(unit)
    people = _counts_with_those_below(units, _counts(session, Placement.unit_id, actor.today))
    ordered: list[Counted[Unit]] = []
    waiting = [(unit, 0) for unit in reversed(below.get(None, []))]
    while waiting:
        unit, depth = waiting.pop()
        ordered.append(Counted(unit, people.get(unit.id, 0), depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(unit.id, []))]
    return ordered


def list_positions(session: Session, actor: Actor) -> list[Counted[Position]]:
    """All positions by name, each with the number of people who hold it."""
    require(session, actor, Action.PERSON_READ)
    people = _counts(session, Placement.position_id, actor.today)
    positions = session.scalars(select(Position).order_by(Position.name, Position.id))
    return [Counted(position, people.get(position.id, 0)) for position in positions]


def units_in_view(session: Session, actor: Actor) -> list[Unit]:
    """The units in which the people sit whom the actor may see: what a list of people can be narrowed to."""
    note_question(session, Action.PERSON_READ)
    query = select(Placement.unit_id).where(
        may(actor, Action.PERSON_READ, Placement.person_id), lasts_on(Placement, actor.today)
    )
    return list(session.scalars(select(Unit).where(Unit.id.in_(query)).order_by(Unit.name, Unit.id)))


def get_unit(session: Session, actor: Actor, *, unit_id: int) -> Unit:
    """One unit."""
    require(session, actor, Action.PERSON_READ)
    return _found(session.get(Unit, unit_id))


def get_position(session: Session, actor: Actor, *, position_id: int) -> Position:
    """One position."""
    require(session, actor, Action.PERSON_READ)
    return _found(session.get(Position, position_id))


def enter_unit(session: Session, actor: Actor, *, values: UnitValues) -> Unit:
    """Add a unit to the tree."""
    require(session, actor, Action.PERSON_WRITE)
    code = _code(session, Unit, values.code, values.name)
    faults = [*_faults(session, Unit, code, values.name, None), *_parent_faults(session, values.parent_id, None)]
    if faults:
        raise Invalid(faults)
    unit = Unit(code=code, name=tidy(values.name), parent_id=values.parent_id)
    session.add(unit)
    _record(session, actor, unit, "unit.entered")
    return unit


def change_unit(session: Session, actor: Actor, *, unit_id: int, version: int, values: UnitValues) -> Unit:
    """Give a unit another name, code or place in the tree."""
    require(session, actor, Action.PERSON_WRITE)
    unit = _as_seen(session.get(Unit, unit_id), version)
    code = tidy(values.code) or unit.code
    faults = [*_faults(session, Unit, code, values.name, unit.id), *_parent_faults(session, values.parent_id, unit.id)]
    if faults:
        raise Invalid(faults)
    unit.code, unit.name, unit.parent_id = code, tidy(values.name), values.parent_id
    _record(session, actor, unit, "unit.changed")
    return unit


def remove_unit(session: Session, actor: Actor, *, unit_id: int) -> None:
    """Take away a unit in which nobody ever sat."""
    require(session, actor, Action.PERSON_WRITE)
    unit = _found(session.get(Unit, unit_id))
    if session.scalar(select(exists().where(Placement.unit_id == unit_id))):
        raise Conflict("unit_in_use")
    if session.scalar(select(exists().where(Unit.parent_id == unit_id))):
        raise Conflict("unit_has_units")
    _record(session, actor, unit, "unit.removed")
    session.delete(unit)
    session.flush()


def enter_position(session: Session, actor: Actor, *, values: PositionValues) -> Position:
    """Add a position."""
    require(session, actor, Action.PERSON_WRITE)
    code = _code(session, Position, values.code, values.name)
    faults = _faults(session, Position, code, values.name, None)
    if faults:
        raise Invalid(faults)
    position = Position(code=code, name=tidy(values.name))
    session.add(position)
    _record(session, actor, position, "position.entered")
    return position


def change_position(
    session: Session, actor: Actor, *, position_id: int, version: int, values: PositionValues
) -> Position:
    """Give a position another name or code."""
    require(session, actor, Action.PERSON_WRITE)
    position = _as_seen(session.get(Position, position_id), version)
    code = tidy(values.code) or position.code
    faults = _faults(session, Position, code, values.name, position.id)
    if faults:
        raise Invalid(faults)
    position.code, position.name = code, tidy(values.name)
    _record(session, actor, position, "position.changed")
    return position


def remove_position(session: Session, actor: Actor, *, position_id: int) -> None:
    """Take away a position that nobody ever held."""
    require(session, actor, Action.PERSON_WRITE)
    position = _found(session.get(Position, position_id))
    if session.scalar(select(exists().where(Placement.position_id == position_id))):
        raise Conflict("position_in_use")
    _record(session, actor, position, "position.removed")
    session.delete(position)
    session.flush()


def code_from(name: str, taken: Collection[str]) -> str:
    """A short code for a name: `Sales & Marketing` gives SALES-MARKETING, a second one SALES-MARKETING-2."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    base = "-".join(re.findall(r"[A-Za-z0-9]+", plain)).upper()[: LONGEST_CODE - 6].strip("-") or "X"
    known = {code.casefold() for code in taken}
    code, number = base, 1
    while code.casefold() in known:
        number += 1
        code = f"{base}-{number}"
    return code


def _code(session: Session, kind: type[Unit] | type[Position], code: str, name: str) -> str:
    return tidy(code) or code_from(name, session.scalars(select(kind.code)).all())


def _faults(
    session: Session, kind: type[Unit] | type[Position], code: str, name: str, own_id: int | None
) -> list[Fault]:
    found = {
        "name": text_faults("name", tidy(name), limit=LONGEST_NAME),
        "code": text_faults("code", code, limit=LONGEST_CODE),
    }
    if not found["code"] and _SIGNS.fullmatch(code) is None:
        found["code"] = [Fault("code", "code_signs")]
    for at, column, text in (("name", kind.name, tidy(name)), ("code", kind.code, code)):
        # SQLite knows capitals of plain letters only
        alike = or_(column == text, func.lower(column) == text.lower())
        if not found[at] and session.scalar(select(exists().where(alike, kind.id.is_distinct_from(own_id)))):
            found[at] = [Fault(at, "already_taken")]
    return [*found["name"], *found["code"]]


def _parent_faults(session: Session, parent_id: int | None, own_id: int | None) -> list[Fault]:
    seen = set()
    current = parent_id
    while current is not None and current not in seen:
        if current == own_id:
            return [Fault("parent_id", "unit_circle")]
        seen.add(current)
        parent = session.get(Unit, current)
        if parent is None:
            return [Fault("parent_id", "choice_unknown")]
        current = parent.parent_id
    return []


def _record(session: Session, actor: Actor, item: Unit | Position, action: str) -> None:
    session.flush()
    details: dict[str, object] = {"code": item.code, "name": item.name}
    if isinstance(item, Unit):
        details["parent"] = item.parent_id
    about = (item.__tablename__, item.id)
    audit.record(session, action, actor_id=actor.person_id, about=about, details=details)


def _counts(session: Session, column: InstrumentedAttribute[int], day: date) -> dict[int, int]:
    query = select(column, func.count()).where(lasts_on(Placement, day)).group_by(column)
    return {key: people for key, people in session.execute(query)}  # noqa: C416 - dict() does not take rows for pairs


def _counts_with_those_below(units: Sequence[Unit], own: Mapping[int, int]) -> dict[int, int]:
    counts = dict.fromkeys((unit.id for unit in units), 0)
    for unit in units:
        above: Unit | None = unit
        while above is not None:
            counts[above.id] += own.get(unit.id, 0)
            above = above.parent
    return counts


def _found(item: T | None) -> T:
    if item is None:
        raise NotFound
    return item


def _as_seen(item: T | None, version: int) -> T:
    """The row, unless somebody has changed it since it was looked at."""
    found = _found(item)
    if found.version != version:
        raise Conflict("stale")
    return found
