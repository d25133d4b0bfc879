"""Who hears of which step? One call a step, made by the service that takes it, in its transaction."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, managers_above
from app.models import (
    Appeal,
    Appraisal,
    CaseRequest,
    FeedbackRequest,
    PdfBatch,
    Period,
    Person,
    Plan,
    PlanRemark,
    PublishedScorecard,
    RoleGrant,
)
from app.rules.issuing import PdfState
from app.rules.noticing import NoticeKind
from app.rules.vocabulary import RemarkKind, Role
from app.rules.workflow import Step
from app.services.notices import tell
from app.services.released import second_level
from app.services.where import Where

_APPRAISAL_KINDS = {
    Step.SCORE: NoticeKind.APPRAISAL_SCORED,
    Step.APPROVE: NoticeKind.APPRAISAL_APPROVED,
    Step.RETURN: NoticeKind.APPRAISAL_RETURNED,
}

# --- plans ------------------------------------------------------------------------------------------------------------


def plan_proposed(session: Session, plan: Plan) -> None:
    """The employee is asked to answer."""
    _to_employee(session, plan, NoticeKind.PLAN_PROPOSED)


def plan_returned(session: Session, plan: Plan) -> None:
    """The employee learns that there is nothing to answer any more."""
    _to_employee(session, plan, NoticeKind.PLAN_RETURNED)


def plan_in_force(session: Session, actor: Actor, plan: Plan) -> None:
    """The employee learns from when on it counts."""
    if plan.person_id != actor.person_id:
        tell(
            session,
            plan.person_id,
            NoticeKind.PLAN_APPROVED,
            key=str(plan.id),
            about=("plan", plan.id),
            concerns=plan.person_id,
            values={"cycle": plan.cycle.code, "from_on": plan.starts_on},
        )


def plan_accepted(session: Session, actor: Actor, plan: Plan) -> None:
    """The manager and whoever proposed it are asked to approve."""
    _to_proposers(session, actor, plan, NoticeKind.PLAN_ACCEPTED)


def plan_countered(session: Session, actor: Actor, plan: Plan) -> None:
    """The manager and whoever proposed it write again."""
    _to_proposers(session, actor, plan, NoticeKind.PLAN_COUNTERED)


def _to_employee(session: Session, plan: Plan, kind: NoticeKind) -> None:
    tell(
        session,
        plan.person_id,
        kind,
        key=f"{plan.id}.{plan.version}",
        about=("plan", plan.id),
        concerns=plan.person_id,
        values={"cycle": plan.cycle.code},
    )


def _to_proposers(session: Session, actor: Actor, plan: Plan, kind: NoticeKind) -> None:
    proposer = session.scalar(
        select(PlanRemark.author_id)
        .where(
            PlanRemark.person_id == plan.person_id,
            PlanRemark.cycle_id == plan.cycle_id,
            PlanRemark.kind == RemarkKind.PROPOSED,
        )
        .order_by(PlanRemark.id.desc())
        .limit(1)
    )
    readers = {*managers_above(session, plan.person_id, actor.today)[:1], *([proposer] if proposer else [])}
    for reader in sorted(readers - {actor.person_id}):
        tell(
            session,
            reader,
            kind,
            key=f"{plan.id}.{plan.version}",
            about=("plan", plan.id),
            concerns=plan.person_id,
            values={"cycle": plan.cycle.code, "name": plan.person.name},
        )


# --- reviews ----------------------------------------------------------------------------------------------------------


def appraisal_moved(
    session: Session, actor: Actor, appraisal: Appraisal, step: Step, *, scorer_id: int | None, asks_approval: bool
) -> None:
    """A scoring that is handed in waits for approval; whoever scored hears what became of it."""
    if step is Step.SCORE:
        reader = second_level(session, appraisal.person_id, actor.today) if asks_approval else None
    else:
        reader = scorer_id
    if reader is not None and reader != actor.person_id:
        _about_appraisal(
            session, [reader], _APPRAISAL_KINDS[step], appraisal, f"{appraisal.id}.{appraisal.version}", named=True
        )


def feedback_asked(session: Session, request: FeedbackRequest) -> None:
    """The colleague is asked."""
    appraisal = session.get_one(Appraisal, request.appraisal_id)
    tell(
        session,
        request.colleague_id,
        NoticeKind.FEEDBACK_ASKED,
        key=str(request.id),
        about=("feedback_request", request.id),
        values={"name": _name(session, appraisal.person_id), "period": _period(session, appraisal).code},
    )


# --- after publication ------------------------------------------------------------------------------------------------


def scorecard_published(session: Session, published: PublishedScorecard, cycle: str, period: str) -> None:
    """The employee learns that the result is out."""
    person_id = published.appraisal.person_id
    tell(
        session,
        person_id,
        NoticeKind.SCORECARD_PUBLISHED,
        key=str(published.id),
        about=("published_scorecard", published.id),
        concerns=person_id,
        values={"cycle": cycle, "period": period},
    )


def scorecard_link_again(session: Session, published: PublishedScorecard, where: Where, today: date) -> bool:
    """The employee is led to the scorecard once more; once a day at most, whoever asks for it."""
    return tell(
        session,
        where.person_id,
        NoticeKind.SCORECARD_PUBLISHED,
        key=f"{published.id} {today.isoformat()}",
        about=("published_scorecard", published.id),
        concerns=where.person_id,
        values={"cycle": where.cycle_code, "period": where.period_code},
    )


def scorecard_acknowledged(session: Session, appraisal: Appraisal, scorecard: PublishedScorecard) -> None:
    """Whoever published learns that it has arrived."""
    _about_appraisal(
        session,
        [scorecard.published_by_id],
        NoticeKind.SCORECARD_ACKNOWLEDGED,
        appraisal,
        str(scorecard.id),
        named=True,
    )


def appeal_raised(session: Session, actor: Actor, appraisal: Appraisal, appeal: Appeal, published_by: int) -> None:
    """The second-level manager is asked to decide, or HR where that one published or there is none."""
    decider = second_level(session, appraisal.person_id, actor.today)
    readers = [decider] if decider and decider != published_by else _hr(session, {appraisal.person_id})
    _about_appraisal(
        session,
        readers,
        NoticeKind.APPEAL_RAISED,
        appraisal,
        str(appeal.id),
        named=True,
        about=("appeal", appeal.id),
    )


def appeal_decided(session: Session, appraisal: Appraisal, appeal: Appeal) -> None:
    """The employee learns of the outcome."""
    _about_appraisal(session, [appraisal.person_id], NoticeKind.APPEAL_DECIDED, appraisal, str(appeal.id))


def case_asked(session: Session, actor: Actor, appraisal: Appraisal, request: CaseRequest) -> None:
    """Those who may confirm it: HR, and the second-level manager; never who asks, nor whom it concerns."""
    above = second_level(session, appraisal.person_id, actor.today)
    readers = {*_hr(session, {appraisal.person_id}), *([above] if above else [])} - {actor.person_id}
    _about_appraisal(session, sorted(readers), NoticeKind.CORRECTION_ASKED, appraisal, str(request.id), named=True)


def case_decided(session: Session, appraisal: Appraisal, request: CaseRequest) -> None:
    """Whoever asked learns of the answer."""
    _about_appraisal(
        session, [request.asked_by_id], NoticeKind.CORRECTION_DECIDED, appraisal, str(request.id), named=True
    )


# --- PDFs of many -----------------------------------------------------------------------------------------------------


def pdfs_prepared(session: Session, batch: PdfBatch, counts: Mapping[PdfState, int]) -> None:
    """Whoever asked for them learns that all were tried, and with what success."""
    values = {"ready": str(counts[PdfState.READY]), "failed": str(counts[PdfState.FAILED])}
    _to_starter(session, batch, NoticeKind.PDFS_PREPARED, values)


def pdfs_stopped(session: Session, actor: Actor, batch: PdfBatch, counts: Mapping[PdfState, int]) -> None:
    """Whoever asked for them learns that somebody else has stopped it."""
    if batch.started_by_id != actor.person_id:
        values = {"ready": str(counts[PdfState.READY]), "name": _name(session, actor.person_id)}
        _to_starter(session, batch, NoticeKind.PDFS_STOPPED, values)


def _to_starter(session: Session, batch: PdfBatch, kind: NoticeKind, values: Mapping[str, str]) -> None:
    """Once for each time that it was being prepared: what is tried again, or goes on, ends again."""
    tell(
        session,
        batch.started_by_id,
        kind,
        key=f"{batch.id} {batch.served_at.isoformat()}",
        about=("pdf_batch", batch.id),
        values={"period": batch.period.code, **values},
    )


def _about_appraisal(
    session: Session,
    readers: Iterable[int],
    kind: NoticeKind,
    appraisal: Appraisal,
    key: str,
    *,
    named: bool = False,
    about: tuple[str, int] | None = None,
) -> None:
    period = _period(session, appraisal)
    values = {"cycle": period.cycle.code, "period": period.code}
    if named:
        values["name"] = _name(session, appraisal.person_id)
    for reader in readers:
        tell(
            session,
            reader,
            kind,
            key=key,
            about=about or ("appraisal", appraisal.id),
            concerns=appraisal.person_id,
            values=values,
        )


def _period(session: Session, appraisal: Appraisal) -> Period:
    return session.get_one(Period, appraisal.period_id)


def _name(session: Session, person_id: int) -> str:
    return session.get_one(Person, person_id).name


def _hr(session: Session, without: set[int]) -> list[int]:
    holders = select(RoleGrant.person_id).where(RoleGrant.role == Role.HR).order_by(RoleGrant.person_id)
    return [person_id for person_id in session.scalars(holders) if person_id not in without]
