"""Which appraisals are over, because the days of objection have passed, and when is a whole cycle?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, require
from app.errors import Conflict, NotFound
from app.models import Appraisal, Cycle, Period, PublishedScorecard
from app.rules.vocabulary import Action, AppraisalState, CycleState
from app.rules.workflow import APPRAISAL, Condition, Step, moved
from app.services import audit
from app.services.audit import Act
from app.services.organisation import settings_of

_CLOSABLE: Final = (AppraisalState.PUBLISHED, AppraisalState.ACKNOWLEDGED)
_AT_ONCE: Final = 500


def close_due(session: Session, today: date, *, limit: int = _AT_ONCE) -> int:
    """Close the appraisals whose days of objection are over; how many these were. A job calls it until there are none.

    An appeal that waits, or a correction under way, keeps its appraisal as it is, whatever the days.
    """
    cycles = session.scalars(select(Cycle).where(Cycle.state != CycleState.CLOSED).order_by(Cycle.id)).all()
    closed = 0
    for cycle in cycles:
        due = _due(session, cycle, today, limit - closed)
        for appraisal in due:
            _close(appraisal)
        audit.record_many(session, [_act(each) for each in due], actor_id=None)
        closed += len(due)
        if closed >= limit:
            break
    return closed


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What still keeps a cycle from being closed, in numbers of appraisals."""

    appealed: int
    in_review: int
    """Scored or approved, and not published."""
    reopened: int
    """Published once, and open again for a correction."""
    within_days: int
    """The employee may still object."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.appealed + self.in_review + self.reopened + self.within_days


def unsettled(session: Session, actor: Actor, *, cycle_id: int) -> Unsettled:
    """What still keeps the cycle from being closed today."""
    require(session, actor, Action.CYCLE_WRITE)
    cycle = session.get_one(Cycle, cycle_id)
    counted = session.execute(_of_cycle(cycle, Appraisal.state, func.count()).group_by(Appraisal.state))
    states: dict[AppraisalState, int] = {state: number for state, number in counted}  # noqa: C416 - rows, not pairs
    published = exists().where(PublishedScorecard.appraisal_id == Appraisal.id)
    closable = sum(states.get(state, 0) for state in _CLOSABLE)
    due = session.scalar(_due_ids(session, cycle, actor.today).with_only_columns(func.count())) or 0
    return Unsettled(
        appealed=states.get(AppraisalState.APPEALED, 0),
        in_review=states.get(AppraisalState.SCORED, 0) + states.get(AppraisalState.APPROVED, 0),
        reopened=session.scalar(
            _of_cycle(cycle, func.count()).where(Appraisal.state == AppraisalState.OPEN, published)
        ) or 0,
        within_days=closable - due,
    )  # fmt: skip


def close_cycle(session: Session, actor: Actor, *, cycle_id: int, version: int) -> Cycle:
    """End a cycle with all its appraisals, once its last day has passed and nothing in it waits for anybody."""
    require(session, actor, Action.CYCLE_WRITE)
    cycle = _cycle(session, cycle_id, version)
    if cycle.state is CycleState.CLOSED:
        raise Conflict("cycle_closed")
    if cycle.ends_on >= actor.today:
        raise Conflict("cycle_not_over")
    left = unsettled(session, actor, cycle_id=cycle_id)
    if left.total:
        raise Conflict("cycle_unsettled", {"count": str(left.total)})
    due = _due(session, cycle, actor.today, None)
    for appraisal in due:
        _close(appraisal)
    audit.record_many(session, [_act(each) for each in due], actor_id=actor.person_id)
    return _settle(session, actor, cycle, CycleState.CLOSED, "cycle.closed")


def reopen_cycle(session: Session, actor: Actor, *, cycle_id: int, version: int) -> Cycle:
    """Use a cycle again, so that something in it can be put right; its appraisals stay closed."""
    require(session, actor, Action.CYCLE_WRITE)
    cycle = _cycle(session, cycle_id, version)
    if cycle.state is not CycleState.CLOSED:
        raise Conflict("cycle_open")
    return _settle(session, actor, cycle, CycleState.OPEN, "cycle.reopened")


# --- Parts ------------------------------------------------------------------------------------------------------------


def _cycle(session: Session, cycle_id: int, version: int) -> Cycle:
    cycle = session.scalar(
        select(Cycle).where(Cycle.id == cycle_id).with_for_update().execution_options(populate_existing=True)
    )
    if cycle is None:
        raise NotFound
    if cycle.version != version:
        raise Conflict("stale")
    return cycle


def _settle(session: Session, actor: Actor, cycle: Cycle, state: CycleState, action: str) -> Cycle:
    cycle.state, cycle.changed_at = state, clock.now()
    session.flush()
    details = {"code": cycle.code}
    audit.record(session, action, actor_id=actor.person_id, about=("cycle", cycle.id), details=details)
    return cycle


def _of_cycle(cycle: Cycle, *columns: Any) -> Select[Any]:
    return select(*columns).select_from(Appraisal).join(Appraisal.period).where(Period.cycle_id == cycle.id)


def _due_ids(session: Session, cycle: Cycle, today: date) -> Select[Any]:
    """Published appraisals of a cycle whose latest version has been out for longer than the days of objection."""
    latest = select(func.max(PublishedScorecard.id)).group_by(PublishedScorecard.appraisal_id)
    zone = ZoneInfo(settings_of(session).time_zone)
    out_before = datetime.combine(today - timedelta(days=cycle.appeal_days), time(), zone).astimezone(UTC)
    return (
        _of_cycle(cycle, Appraisal.id)
        .join(PublishedScorecard, PublishedScorecard.appraisal_id == Appraisal.id)
        .where(
            Appraisal.state.in_(_CLOSABLE),
            PublishedScorecard.id.in_(latest),
            PublishedScorecard.published_at < out_before,
        )
    )


def _due(session: Session, cycle: Cycle, today: date, limit: int | None) -> Sequence[Appraisal]:
    due = _due_ids(session, cycle, today).order_by(Appraisal.id).limit(limit)
    return session.scalars(
        select(Appraisal)
        .where(Appraisal.id.in_(due))
        .options(joinedload(Appraisal.period).joinedload(Period.cycle))
        .order_by(Appraisal.id)
        .with_for_update(of=Appraisal)
        .execution_options(populate_existing=True)
    ).all()


def _close(appraisal: Appraisal) -> None:
    appraisal.state = moved(APPRAISAL, appraisal.state, Step.CLOSE, frozenset({Condition.APPEAL_DAYS_OVER}))
    appraisal.changed_at = clock.now()


def _act(appraisal: Appraisal) -> Act:
    period = appraisal.period
    return Act(
        "appraisal.closed",
        ("appraisal", appraisal.id),
        subject_id=appraisal.person_id,
        details={"cycle": period.cycle.code, "period": period.code},
    )
