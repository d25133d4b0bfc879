"""What is whoever holds a position responsible for, and what is expected of them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Invalid, NotFound
from app.models import Position, Responsibility
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy, tidy_lines
from app.rules.vocabulary import Action
from app.services import audit

MOST: Final = 20
LONGEST_TASK: Final = 300
LONGEST_EXPECTATION: Final = 1_000


@dataclass(frozen=True, slots=True)
class Duty:
    """A task and what is expected."""

    task: str
    expectation: str = ""


def responsibilities_of(session: Session, actor: Actor, *, position_id: int) -> list[Duty]:
    """The tasks of a position in their order, for everybody who is signed in."""
    require(session, actor, Action.GOAL_READ)
    if session.get(Position, position_id) is None:
        raise NotFound
    return _stored(session, position_id)


def write_responsibilities(session: Session, actor: Actor, *, position_id: int, duties: Sequence[Duty]) -> list[Duty]:
    """Write all tasks of a position anew; rows without any text are let go."""
    require(session, actor, Action.PERSON_WRITE)
    position = session.scalar(select(Position).where(Position.id == position_id).with_for_update())
    if position is None:
        raise NotFound
    tidied = [Duty(tidy(each.task), tidy_lines(each.expectation)) for each in duties]
    if faults := _faults(tidied):
        raise Invalid(faults)
    kept = [each for each in tidied if each.task]
    before = _stored(session, position_id)
    if kept == before:
        return kept
    session.execute(delete(Responsibility).where(Responsibility.position_id == position_id))
    session.add_all(
        Responsibility(position_id=position_id, place=place, task=each.task, expectation=each.expectation)
        for place, each in enumerate(kept, start=1)
    )
    session.flush()
    audit.record(
        session,
        "position.responsibilities_written",
        actor_id=actor.person_id,
        about=("position", position_id),
        details={"code": position.code, "count": len(kept)},
        words={f"task_{place}": f"{each.task}\n{each.expectation}" for place, each in enumerate(kept, start=1)},
    )
    return kept


def _stored(session: Session, position_id: int) -> list[Duty]:
    query = select(Responsibility).where(Responsibility.position_id == position_id).order_by(Responsibility.place)
    return [Duty(each.task, each.expectation) for each in session.scalars(query)]


def _faults(duties: Sequence[Duty]) -> list[Fault]:
    faults = [] if len(duties) <= MOST else [Fault("", "too_many_parts", {"most": str(MOST)})]
    for row, each in enumerate(duties, start=1):
        faults += text_faults(f"task_{row}", each.task, limit=LONGEST_TASK, required=bool(each.expectation))
        faults += text_faults(f"expectation_{row}", each.expectation, limit=LONGEST_EXPECTATION, required=False)
    return faults
