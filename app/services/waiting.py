"""What waits for somebody? Each kind is one count of rows, with the list or the one page where it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.access import Actor, may, reporting_to
from app.models import (
    Appeal,
    Appraisal,
    CaseRequest,
    Cycle,
    DataRequest,
    FeedbackRequest,
    Kpi,
    KpiRecorder,
    Period,
    Plan,
    SelfAssessment,
)
from app.rules.recording import EMPLOYEE_SOURCES
from app.rules.vocabulary import (
    BINDING,
    Action,
    AppraisalState,
    CycleState,
    FeedbackState,
    PlanState,
    RecorderRule,
)
from app.services.entry_checks import CheckFilter, Wanted, count_to_check
from app.services.reports import due_kpis, is_filled


class Waits(StrEnum):
    """What may wait for somebody, in the order of the page."""

    OWN_ENTRIES = "own_entries"
    SELF_ASSESSMENT = "self_assessment"
    RECEIPT = "receipt"
    FEEDBACK = "feedback"
    PLAN = "plan"
    ENTRY_CHECK = "entry_check"
    SCORING = "scoring"
    APPROVAL = "approval"
    APPEAL = "appeal"
    CASE = "case"
    DATA_REQUEST = "data_request"


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many of a kind, and the page where they are done."""

    kind: Waits
    count: int
    path: str


def waiting_for(
    session: Session, actor: Actor, cycle: Cycle | None, period: Period | None, *, is_leading: bool
) -> list[Waiting]:
    """Everything that waits for the actor, what is their own first; the caller has asked for the home page.

    Of others nothing waits for somebody who leads nobody, and most people do: they are spared the look.
    """
    found = [*_own_entries(session, actor, cycle, period), *_own_cards(session, actor), *_questions(session, actor)]
    if is_leading:
        found += _of_others(session, actor, cycle, period)
    return [each for each in found if each.count]


def _of_others(session: Session, actor: Actor, cycle: Cycle | None, period: Period | None) -> list[Waiting]:
    found = _plans(session, actor)
    if cycle is not None and period is not None:
        query = f"?cycle={cycle.code}&period={period.code}"
        count = count_to_check(session, actor, period, Wanted(CheckFilter.WAITING), _in_own_team(actor))
        found.append(Waiting(Waits.ENTRY_CHECK, count, f"/entries/checks{query}"))
    return [*found, *_reviews(session, actor), *_cases(session, actor), _data_requests(session, actor)]


# --- one's own --------------------------------------------------------------------------------------------------------


def _own_entries(session: Session, actor: Actor, cycle: Cycle | None, period: Period | None) -> list[Waiting]:
    if cycle is None or period is None:
        return []
    by_employee = or_(
        KpiRecorder.rule == RecorderRule.EMPLOYEE,
        and_(KpiRecorder.id.is_(None), Kpi.source_kind.in_(EMPLOYEE_SOURCES)),
    )
    missing = (
        due_kpis(period)
        .outerjoin(KpiRecorder, KpiRecorder.kpi_id == Kpi.id)
        .where(~is_filled(period), Plan.person_id == actor.person_id, by_employee)
    )
    return [
        Waiting(
            Waits.OWN_ENTRIES, _count(session, missing), f"/entries?cycle={cycle.code}&period={period.code}&view=own"
        )
    ]


def _own_cards(session: Session, actor: Actor) -> list[Waiting]:
    """Periods that end with a self-assessment of the actor, and published cards without a receipt."""
    handed_in = exists().where(SelfAssessment.appraisal_id == Appraisal.id, SelfAssessment.handed_in_at.is_not(None))
    reviews = session.execute(
        _open_reviews(actor, Plan.person_id == actor.person_id, Cycle.asks_self_assessment.is_(True), ~handed_in)
        .with_only_columns(Cycle.code, Period.code)
        .order_by(Period.ends_on)
    ).all()
    cards = session.execute(
        select(Cycle.code, Period.code)
        .join(Period, Period.cycle_id == Cycle.id)
        .join(Appraisal, Appraisal.period_id == Period.id)
        .where(Appraisal.person_id == actor.person_id, Appraisal.state == AppraisalState.PUBLISHED)
        .order_by(Period.ends_on.desc())
    ).all()
    found = []
    if reviews:
        cycle, period = reviews[0]
        path = f"/reviews/{actor.person_id}/{cycle}/{period}"
        found.append(Waiting(Waits.SELF_ASSESSMENT, len(reviews), path))
    if cards:
        cycle, period = cards[0]
        path = f"/scorecards/{actor.person_id}/{cycle}?period={period}"
        found.append(Waiting(Waits.RECEIPT, len(cards), path))
    return found


def _questions(session: Session, actor: Actor) -> list[Waiting]:
    asked = select(FeedbackRequest.id).where(
        FeedbackRequest.colleague_id == actor.person_id, FeedbackRequest.state == FeedbackState.ASKED
    )
    return [Waiting(Waits.FEEDBACK, _count(session, asked), "/feedback")]


# --- of others --------------------------------------------------------------------------------------------------------


def _plans(session: Session, actor: Actor) -> list[Waiting]:
    """Plans that their employees have accepted or answered, by cycle."""
    is_next = or_(
        and_(Plan.state == PlanState.ACCEPTED, may(actor, Action.PLAN_APPROVE, Plan.person_id)),
        and_(Plan.state == PlanState.COUNTERED, may(actor, Action.PLAN_WRITE, Plan.person_id)),
    )
    rows = session.execute(
        select(Cycle.code, func.count(Plan.id))
        .join(Plan, Plan.cycle_id == Cycle.id)
        .where(is_next)
        .group_by(Cycle.code)
        .order_by(Cycle.code)
    )
    return [Waiting(Waits.PLAN, count, f"/plans?cycle={code}&only=agreeing") for code, count in rows]


def _reviews(session: Session, actor: Actor) -> list[Waiting]:
    """Scorings to hand in and to approve, each with the review list of its period."""
    to_score = (
        _open_reviews(actor, may(actor, Action.APPRAISAL_SCORE, Plan.person_id))
        .with_only_columns(Cycle.code, Period.code, func.count(Plan.person_id.distinct()))
        .group_by(Cycle.code, Period.code)
        .order_by(Period.code)
    )
    to_approve = (
        select(Cycle.code, Period.code, func.count(Appraisal.id))
        .join(Period, Period.cycle_id == Cycle.id)
        .join(Appraisal, Appraisal.period_id == Period.id)
        .where(
            Cycle.asks_approval,
            Appraisal.state == AppraisalState.SCORED,
            may(actor, Action.APPRAISAL_APPROVE, Appraisal.person_id),
        )
        .group_by(Cycle.code, Period.code)
        .order_by(Period.code)
    )
    return [
        Waiting(kind, count, f"/reviews?cycle={cycle}&period={period}")
        for kind, wanted in ((Waits.SCORING, to_score), (Waits.APPROVAL, to_approve))
        for cycle, period, count in session.execute(wanted)
    ]


def _in_own_team(actor: Actor) -> ColumnElement[bool]:
    """Plans of those who report to the actor: further up and in HR a look is possible, and waits for nobody."""
    return Plan.person_id.in_(reporting_to(actor.person_id, actor.today))


def _open_reviews(actor: Actor, *conditions: ColumnElement[bool]) -> Select[int]:
    """Plans in force in periods of open cycles that are over, end with a review, and are not scored."""
    own = and_(Appraisal.person_id == Plan.person_id, Appraisal.period_id == Period.id)
    return (
        select(Plan.person_id)
        .join(Cycle, Plan.cycle_id == Cycle.id)
        .join(Period, Period.cycle_id == Cycle.id)
        .outerjoin(Appraisal, own)
        .where(
            Cycle.state == CycleState.OPEN,
            Period.asks_review,
            Period.ends_on < actor.today,
            Plan.state.in_(BINDING),
            Plan.starts_on <= Period.ends_on,
            Plan.ends_on >= Period.ends_on,
            or_(Appraisal.id.is_(None), Appraisal.state == AppraisalState.OPEN),
            *conditions,
        )
    )


def _cases(session: Session, actor: Actor) -> Sequence[Waiting]:
    appeals = (
        select(Appeal.id)
        .join(Appeal.appraisal)
        .where(Appeal.decided_at.is_(None), may(actor, Action.APPEAL_DECIDE, Appraisal.person_id))
    )
    requests = (
        select(CaseRequest.id)
        .join(CaseRequest.appraisal)
        .where(
            CaseRequest.decided_at.is_(None),
            CaseRequest.asked_by_id != actor.person_id,
            may(actor, Action.SCORECARD_CORRECT, Appraisal.person_id),
        )
    )
    return [
        Waiting(Waits.APPEAL, _count(session, appeals), "/appeals"),
        Waiting(Waits.CASE, _count(session, requests), "/cases"),
    ]


def _data_requests(session: Session, actor: Actor) -> Waiting:
    wanted = select(DataRequest.id).where(
        DataRequest.answered_at.is_(None), may(actor, Action.PRIVACY_MANAGE, DataRequest.person_id)
    )
    return Waiting(Waits.DATA_REQUEST, _count(session, wanted), "/privacy")


def _count(session: Session, wanted: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
