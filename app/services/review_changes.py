"""How is a review taken up for a change: as it is now, locked, still open, and the change put on record?"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.access import Actor
from app.errors import Conflict, NotFound
from app.models import Appraisal, Cycle, Period
from app.rules.faults import Fault
from app.rules.numbers import plain
from app.rules.vocabulary import AppraisalState
from app.rules.workflow import Condition
from app.services import audit
from app.services.appraisals import facts_for_change
from app.services.review_cases import ReviewCase, case_of
from app.services.standings import score_person
from app.services.where import Where

LONGEST_WORDS: Final = 4_000


def case_for_change(session: Session, actor: Actor, where: Where) -> ReviewCase:
    """The review as it is now, locked until the transaction ends."""
    period = session.scalar(
        select(Period)
        .join(Period.cycle)
        .where(Cycle.code == where.cycle_code, Period.code == where.period_code)
        .options(joinedload(Period.cycle))
    )
    if period is None:
        raise NotFound
    facts = facts_for_change(session, actor, period, [where.person_id])
    if where.person_id not in facts.people:
        raise Conflict(Condition.PLAN_ACTIVE)
    return case_of(session, score_person(facts, facts.people[where.person_id]))


def check_open(case: ReviewCase) -> None:
    """Refuse to write where the period has no review, or its scoring is handed in."""
    if not case.scored.facts.period.asks_review:
        raise Conflict("no_review_asked")
    if case.state is not AppraisalState.OPEN:
        raise Conflict(f"already_{case.state.value}")


def number_faults(at: str, value: Decimal, lowest: Decimal, highest: Decimal) -> list[Fault]:
    """What speaks against a number of points."""
    if value < lowest:
        return [Fault(at, "too_small", {"minimum": plain(lowest)})]
    if value > highest:
        return [Fault(at, "too_large", {"maximum": plain(highest)})]
    return [] if value * 100 == (value * 100).to_integral_value() else [Fault(at, "more_than_2_decimals")]


def touch(session: Session, appraisal: Appraisal) -> None:
    """A new version, whichever of its rows have changed."""
    appraisal.changed_at = clock.now()
    flag_modified(appraisal, "changed_at")
    session.flush()


def record_review(
    session: Session,
    actor: Actor,
    case: ReviewCase,
    action: str,
    appraisal_id: int,
    details: Mapping[str, Any],
    words: Mapping[str, str] | None = None,
) -> None:
    """Put on record what was done with a review."""
    facts = case.scored.facts
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        about=("appraisal", appraisal_id),
        subject_id=case.scored.person.person.id,
        details={"cycle": facts.cycle.code, "period": facts.period.code, **details},
        words=words,
    )
