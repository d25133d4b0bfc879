"""Who appraises somebody for a period in the manager's place, until which day, and by whose word?"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, require
from app.errors import Conflict, Invalid
from app.models import AppraiserAssignment, Period, Person
from app.models.people import not_left_before
from app.rules.faults import Fault
from app.rules.vocabulary import Action
from app.services import audit
from app.services.cycles import cycle_by_code, period_of
from app.services.people_lists import person_named
from app.services.released import checked_words
from app.services.where import Where

LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class AssignmentValues:
    """Who appraises instead, until when, and why; `who` is a name or an employee number."""

    who: str
    ends_on: date
    reason: str


def assign_appraiser(session: Session, actor: Actor, *, where: Where, values: AssignmentValues) -> AppraiserAssignment:
    """Let somebody else appraise a person for a period: named on the scorecard, with a manager's rights until a day."""
    require(session, actor, Action.APPRAISAL_REASSIGN, where.person_id)
    period = period_of(cycle_by_code(session, actor, code=where.cycle_code), where.period_code)
    reason = checked_words("reason", values.reason)
    appraiser = _appraiser(session, actor, values.who, where.person_id)
    if not actor.today <= values.ends_on <= actor.today + LONGEST:
        raise Invalid([Fault("ends_on", "not_within_a_year")])
    row = assignment_of(session, person_id=where.person_id, period_id=period.id)
    if row is None:
        row = AppraiserAssignment(person_id=where.person_id, period_id=period.id)
        session.add(row)
    row.appraiser_id, row.starts_on, row.ends_on = appraiser.id, actor.today, values.ends_on
    row.reason, row.by_id, row.at = reason, actor.person_id, clock.now()
    session.flush()
    session.expire(row, ["appraiser"])
    _record(session, actor, "appraiser.assigned", row, period, reason, {"number": appraiser.number})
    return row


def end_assignment(session: Session, actor: Actor, *, where: Where) -> None:
    """Give the case back to the manager."""
    require(session, actor, Action.APPRAISAL_REASSIGN, where.person_id)
    period = period_of(cycle_by_code(session, actor, code=where.cycle_code), where.period_code)
    row = assignment_of(session, person_id=where.person_id, period_id=period.id)
    if row is None:
        raise Conflict("nobody_assigned")
    _record(session, actor, "appraiser.given_back", row, period, "", {})
    session.delete(row)
    session.flush()


def assignment_of(session: Session, *, person_id: int, period_id: int) -> AppraiserAssignment | None:
    """Who appraises the person in this period in the manager's place."""
    return session.scalar(
        select(AppraiserAssignment)
        .where(AppraiserAssignment.person_id == person_id, AppraiserAssignment.period_id == period_id)
        .options(joinedload(AppraiserAssignment.appraiser))
    )


def check_may_assign(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse who never moves this person's case, before anything else is looked at."""
    require(session, actor, Action.APPRAISAL_REASSIGN, person_id)


def _appraiser(session: Session, actor: Actor, who: str, person_id: int) -> Person:
    """The one person of this number or name who is on the staff and is not the employee."""
    is_here = not_left_before(actor.today)
    found = person_named(session, who, is_here, at="who")
    if found.id == person_id:
        raise Invalid([Fault("who", "own_manager")])
    return found


def _record(
    session: Session,
    actor: Actor,
    action: str,
    row: AppraiserAssignment,
    period: Period,
    reason: str,
    details: dict[str, str],
) -> None:
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        about=("appraiser_assignment", row.id),
        subject_id=row.person_id,
        details={"cycle": period.cycle.code, "period": period.code, "ends_on": row.ends_on, **details},
        words={"reason": reason} if reason else None,
    )
