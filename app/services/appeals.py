"""How does an employee object to a published scorecard, and who decides about it within which days?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import clock
from app.access import Actor, Relation, allow, may, note_question, require
from app.errors import Conflict, Invalid, KinerjaError, NotAllowed, NotFound
from app.models import (
    Adjustment,
    Appeal,
    AppealPoint,
    Appraisal,
    AppraisalStep,
    Cycle,
    Period,
    Person,
    PublishedScorecard,
)
from app.rules.faults import Fault
from app.rules.vocabulary import Action, AppealOutcome
from app.rules.workflow import Condition, Step
from app.services import audit, reissue, telling
from app.services.listing import Listing
from app.services.organisation import settings_of
from app.services.released import (
    appeal_day,
    appraisal_for_change,
    checked_words,
    latest_version,
    second_level,
    state_after,
    total_faults,
)
from app.services.where import Where

MOST_POINTS: Final = 10


@dataclass(frozen=True, slots=True)
class AppealCase:
    """One appeal as this actor may see it."""

    appeal: Appeal
    person: Person
    cycle: Cycle
    period: Period
    computed_total: Decimal | None
    """The total to which the employee objects."""
    decide_from: date
    """From which day on HR may decide in place of the second-level manager."""
    refusal: KinerjaError | None
    """Why the actor cannot decide; None where they can."""
    new_version: PublishedScorecard | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about an appeal."""

    outcome: AppealOutcome
    answer: str
    total: Decimal | None = None
    """Another total than the one objected to; None leaves it."""


def raise_appeal(
    session: Session,
    actor: Actor,
    *,
    where: Where,
    reason: str,
    points: Mapping[str, str] | None = None,
) -> Appeal:
    """Object to one's own published scorecard within the days that it promises; once for an appraisal.

    `points` say something about single KPIs, by their codes.
    """
    require(session, actor, Action.APPEAL_RAISE, where.person_id)
    appraisal = appraisal_for_change(session, where)
    scorecard = latest_version(session, appraisal.id)
    appraisal.state = state_after(appraisal, Step.APPEAL, _conditions(session, actor, appraisal, scorecard))
    said = _checked_points(scorecard, points or {})
    appeal = Appeal(
        appraisal_id=appraisal.id,
        scorecard_id=scorecard.id,
        raised_at=clock.now(),
        reason=checked_words("reason", reason),
        points=[AppealPoint(kpi_code=code, words=words) for code, words in said.items()],
    )
    appraisal.changed_at = clock.now()
    session.add(appeal)
    session.flush()
    _record(
        session,
        actor,
        "appeal.raised",
        appeal,
        appraisal,
        {"version": scorecard.version_number, "kpis": list(said)},
        {"reason": appeal.reason, **{f"kpi {code}": words for code, words in said.items()}},
    )
    telling.appeal_raised(session, actor, appraisal, appeal, scorecard.published_by_id)
    return appeal


def check_may_raise(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse everybody but the owner, before anything else is looked at."""
    require(session, actor, Action.APPEAL_RAISE, person_id)


def check_may_decide(session: Session, actor: Actor, appeal: Appeal) -> None:
    """Refuse who never decides about this person's appeals, before anything else is looked at."""
    require(session, actor, Action.APPEAL_DECIDE, appeal.appraisal.person_id)


def refusal_to_raise(
    session: Session, actor: Actor, appraisal: Appraisal, scorecard: PublishedScorecard
) -> KinerjaError | None:
    """Why the actor cannot object to this version now; None where they can."""
    if not allow(session, actor, Action.APPEAL_RAISE, appraisal.person_id).is_allowed:
        return NotAllowed()
    try:
        state_after(appraisal, Step.APPEAL, _conditions(session, actor, appraisal, scorecard))
    except Conflict as refused:
        return refused
    return None


def decide_appeal(
    session: Session, actor: Actor, *, appeal_id: int, version: int, decision: Decision, code: str | None = None
) -> PublishedScorecard:
    """Decide about an appeal; outcome and reasons stand on a new version of the scorecard, whatever they are.

    `code` replaces the random verification code for data that must come out the same.
    """
    appeal = _locked(session, actor, appeal_id)
    require(session, actor, Action.APPEAL_DECIDE, appeal.appraisal.person_id)
    if appeal.decided_at is not None:
        raise Conflict("appeal_decided")
    if appeal.version != version:
        raise Conflict("stale")
    if refusal := refusal_to_decide(session, actor, appeal):
        raise refusal
    answer = checked_words("answer", decision.answer)
    appraisal, before = appeal.appraisal, latest_version(session, appeal.appraisal_id)
    total = _checked_total(decision, appraisal.period.cycle, before)
    appraisal.state = state_after(appraisal, Step.DECIDE, frozenset({Condition.OTHER_PERSON}))
    appraisal.changed_at = appeal.decided_at = clock.now()
    appeal.decided_by_id, appeal.outcome, appeal.answer = actor.person_id, decision.outcome, answer
    made = reissue.after_appeal(session, actor, before, appeal, total, code)
    _record(
        session,
        actor,
        "appeal.decided",
        appeal,
        appraisal,
        {"outcome": decision.outcome, "version": made.version_number, "old": before.total, "total": made.total},
        {"answer": answer},
    )
    telling.appeal_decided(session, appraisal, appeal)
    return made


def refusal_to_decide(session: Session, actor: Actor, appeal: Appeal) -> KinerjaError | None:
    """Why the actor cannot decide about the appeal; None where they can.

    The second-level manager decides, or whoever is further above; HR where there is nobody or that person is biased,
    and when the appeal has waited as long as the employee had for it. Never who scored or published the card.
    """
    person_id = appeal.appraisal.person_id
    decision = allow(session, actor, Action.APPEAL_DECIDE, person_id)
    if not decision.is_allowed:
        return NotAllowed()
    if appeal.decided_at is not None:
        return Conflict("appeal_decided")
    biased = _biased(session, appeal)
    if actor.person_id in biased:
        return Conflict(Condition.OTHER_PERSON)
    if Relation.ABOVE in decision.relations or actor.today >= decide_from(session, appeal):
        return None
    second = second_level(session, person_id, actor.today)
    return None if second is None or second in biased else Conflict("second_level_decides")


def decide_from(session: Session, appeal: Appeal) -> date:
    """The first day on which HR may decide although there is somebody above."""
    raised = appeal.raised_at.astimezone(ZoneInfo(settings_of(session).time_zone)).date()
    return raised + timedelta(days=appeal.appraisal.period.cycle.appeal_days)


def get_appeal(session: Session, actor: Actor, *, appeal_id: int) -> AppealCase:
    """One appeal, for those who may see the scorecard."""
    appeal = session.scalar(_appeals().where(Appeal.id == appeal_id))
    if appeal is None:
        note_question(session, Action.SCORECARD_READ)
        raise NotFound
    require(session, actor, Action.SCORECARD_READ, appeal.appraisal.person_id)
    return _case(session, actor, appeal)


def list_appeals(
    session: Session, actor: Actor, *, only_open: bool = False, offset: int = 0, limit: int = 50
) -> Listing[Appeal]:
    """The appeals about which the actor may know, those that wait longest first, then the last decided ones."""
    note_question(session, Action.SCORECARD_READ)
    wanted = _appeals().join(Appeal.appraisal).where(may(actor, Action.SCORECARD_READ, Appraisal.person_id))
    if only_open:
        wanted = wanted.where(Appeal.decided_at.is_(None))
    total = session.scalar(select(func.count()).select_from(wanted.with_only_columns(Appeal.id).subquery())) or 0
    order = (Appeal.decided_at.is_not(None), Appeal.decided_at.desc(), Appeal.raised_at, Appeal.id)
    return Listing(session.scalars(wanted.order_by(*order).offset(offset).limit(limit)).all(), total)


def appeal_of(session: Session, appraisal_id: int) -> Appeal | None:
    """The appeal of an appraisal, open or decided."""
    return session.scalar(_appeals().where(Appeal.appraisal_id == appraisal_id))


# --- Parts ------------------------------------------------------------------------------------------------------------


def _appeals() -> Select[Appeal]:
    appraisal = joinedload(Appeal.appraisal)
    return select(Appeal).options(
        appraisal.joinedload(Appraisal.person),
        appraisal.joinedload(Appraisal.period).joinedload(Period.cycle),
        joinedload(Appeal.decided_by),
        joinedload(Appeal.scorecard),
        selectinload(Appeal.points),
    )


def _locked(session: Session, actor: Actor, appeal_id: int) -> Appeal:
    """The appeal with its appraisal, as they are now; of two who decide the second one finds it decided."""
    note_question(session, Action.APPEAL_DECIDE)
    appraisal_id = session.scalar(select(Appeal.appraisal_id).where(Appeal.id == appeal_id))
    if appraisal_id is None:
        raise NotFound
    session.scalar(
        select(Appraisal)
        .where(Appraisal.id == appraisal_id, may(actor, Action.SCORECARD_READ, Appraisal.person_id))
        .with_for_update(of=Appraisal)
        .execution_options(populate_existing=True)
    )
    return session.scalars(_appeals().where(Appeal.id == appeal_id).execution_options(populate_existing=True)).one()


def _case(session: Session, actor: Actor, appeal: Appeal) -> AppealCase:
    appraisal = appeal.appraisal
    later = None
    if appeal.decided_at is not None:
        later = session.scalar(
            select(PublishedScorecard)
            .where(
                PublishedScorecard.appraisal_id == appeal.appraisal_id,
                PublishedScorecard.version_number > appeal.scorecard.version_number,
            )
            .order_by(PublishedScorecard.version_number)
            .limit(1)
        )
    return AppealCase(
        appeal=appeal,
        person=appraisal.person,
        cycle=appraisal.period.cycle,
        period=appraisal.period,
        computed_total=appeal.scorecard.total,
        decide_from=decide_from(session, appeal),
        refusal=refusal_to_decide(session, actor, appeal),
        new_version=later,
    )


def _conditions(
    session: Session, actor: Actor, appraisal: Appraisal, scorecard: PublishedScorecard
) -> frozenset[Condition]:
    held = set()
    until = appeal_day(scorecard)
    if until is not None and actor.today <= until:
        held.add(Condition.WITHIN_APPEAL_DAYS)
    if session.scalar(select(Appeal.id).where(Appeal.appraisal_id == appraisal.id)) is None:
        held.add(Condition.NO_APPEAL_BEFORE)
    return frozenset(held)


def _checked_points(scorecard: PublishedScorecard, points: Mapping[str, str]) -> dict[str, str]:
    codes = reissue.kpi_codes(scorecard)
    if unknown := [Fault("points", "kpi_not_on_card", {"code": code}) for code in points if code not in codes]:
        raise Invalid(unknown)
    said = {code: checked_words(f"points.{code}", points[code], required=False) for code in codes if code in points}
    return {code: words for code, words in said.items() if words}


def _checked_total(decision: Decision, cycle: Cycle, before: PublishedScorecard) -> Decimal | None:
    """Another total, where one was given: none with a rejection, and within what the policy lets a total be."""
    total = decision.total
    if total is None or total == before.total:
        return None
    faults = []
    if decision.outcome is AppealOutcome.REJECTED:
        faults.append(Fault("total", "total_stays_when_rejected"))
    elif before.total is None:
        faults.append(Fault("total", "nothing_scored"))
    else:
        faults += total_faults(total, cycle)
    if faults:
        raise Invalid(faults)
    return total


def _biased(session: Session, appeal: Appeal) -> frozenset[int]:
    """Everybody who made the result that is objected to: who published, scored or moved it."""
    appraisal_id = appeal.appraisal_id
    scored = select(AppraisalStep.by_id).where(
        AppraisalStep.appraisal_id == appraisal_id, AppraisalStep.step == Step.SCORE.value
    )
    moved = select(Adjustment.by_id).where(Adjustment.appraisal_id == appraisal_id)
    published = select(Person.id).where(
        or_(Person.id == appeal.scorecard.published_by_id, Person.id.in_(scored), Person.id.in_(moved))
    )
    return frozenset(session.scalars(published)) | {appeal.appraisal.person_id}


def _record(
    session: Session,
    actor: Actor,
    action: str,
    appeal: Appeal,
    appraisal: Appraisal,
    details: Mapping[str, Any],
    words: Mapping[str, str],
) -> None:
    period = appraisal.period
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        about=("appeal", appeal.id),
        subject_id=appraisal.person_id,
        details={"cycle": period.cycle.code, "period": period.code, **details},
        words=words,
    )
