"""Which steps in one person's appraisal need two people, who asked for them and who confirmed?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, may, note_question, require
from app.errors import Conflict, Invalid, NotFound
from app.models import Appraisal, CaseRequest, Period
from app.rules.faults import Fault
from app.rules.vocabulary import Action, AppraisalState, CaseKind
from app.rules.workflow import Condition, Step
from app.services import audit, telling
from app.services.appraisals import facts_for_change, record_step
from app.services.case_facts import exclusions_of
from app.services.cycles import period_of
from app.services.listing import Listing
from app.services.released import appraisal_for_change, checked_words, state_after
from app.services.scorecard_facts import kpis_of, load_cycle
from app.services.where import Where

MOST_OPEN: Final = 20
"""Requests about one appraisal that may wait at a time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for."""

    kind: CaseKind
    reason: str
    kpi_code: str = ""


def check_may_manage(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse who never asks for or confirms such steps about this person, before anything else is looked at."""
    require(session, actor, Action.SCORECARD_CORRECT, person_id)


def ask_case(session: Session, actor: Actor, *, where: Where, asked: Asked) -> CaseRequest:
    """Ask for a step that needs a second person: a correction, or a KPI to be left out or let in again."""
    require(session, actor, Action.SCORECARD_CORRECT, where.person_id)
    reason = checked_words("reason", asked.reason)
    appraisal = _appraisal(session, actor, where, asked)
    _check_possible(session, appraisal, asked.kind, asked.kpi_code)
    waiting = select(CaseRequest.id).where(
        CaseRequest.appraisal_id == appraisal.id,
        CaseRequest.kind == asked.kind,
        CaseRequest.kpi_code == asked.kpi_code,
        CaseRequest.decided_at.is_(None),
    )
    if session.scalar(waiting) is not None:
        raise Conflict("request_waits")
    request = CaseRequest(
        appraisal_id=appraisal.id,
        kind=asked.kind,
        kpi_code=asked.kpi_code,
        reason=reason,
        asked_by_id=actor.person_id,
        asked_at=clock.now(),
    )
    session.add(request)
    session.flush()
    _record(session, actor, "case.asked", request, appraisal, {"reason": reason})
    telling.case_asked(session, actor, appraisal, request)
    return request


def decide_case(
    session: Session, actor: Actor, *, request_id: int, version: int, is_accepted: bool, answer: str = ""
) -> CaseRequest:
    """Confirm or decline what somebody else asked for; an accepted correction opens the appraisal again."""
    request = _locked(session, request_id)
    appraisal = request.appraisal
    require(session, actor, Action.SCORECARD_CORRECT, appraisal.person_id)
    if request.decided_at is not None:
        raise Conflict("request_decided")
    if request.version != version:
        raise Conflict("stale")
    if request.asked_by_id == actor.person_id:
        raise Conflict(Condition.OTHER_PERSON)
    answer = checked_words("answer", answer, required=not is_accepted)
    if is_accepted:
        _check_possible(session, appraisal, request.kind, request.kpi_code)
        if request.kind is CaseKind.CORRECT:
            appraisal.state = state_after(appraisal, Step.REOPEN, frozenset({Condition.OTHER_PERSON}))
            record_step(session, actor, appraisal, Step.REOPEN, request.reason)
        appraisal.changed_at = clock.now()
    request.decided_by_id, request.decided_at = actor.person_id, clock.now()
    request.is_accepted, request.answer = is_accepted, answer
    _record(
        session, actor, "case.confirmed" if is_accepted else "case.declined", request, appraisal, {"answer": answer}
    )
    telling.case_decided(session, appraisal, request)
    return request


def list_requests(
    session: Session, actor: Actor, *, only_open: bool = False, offset: int = 0, limit: int = 50
) -> Listing[CaseRequest]:
    """The requests that the actor may decide or has asked, those that wait longest first."""
    note_question(session, Action.SCORECARD_CORRECT)
    wanted = _requests().join(CaseRequest.appraisal).where(may(actor, Action.SCORECARD_CORRECT, Appraisal.person_id))
    if only_open:
        wanted = wanted.where(CaseRequest.decided_at.is_(None))
    total = session.scalar(select(func.count()).select_from(wanted.with_only_columns(CaseRequest.id).subquery())) or 0
    order = (
        CaseRequest.decided_at.is_not(None), CaseRequest.decided_at.desc(), CaseRequest.asked_at, CaseRequest.id
    )  # fmt: skip
    return Listing(session.scalars(wanted.order_by(*order).offset(offset).limit(limit)).all(), total)


def get_request(session: Session, actor: Actor, *, request_id: int) -> CaseRequest:
    """One request, for those who may decide about such."""
    request = session.scalar(_requests().where(CaseRequest.id == request_id))
    if request is None:
        note_question(session, Action.SCORECARD_CORRECT)
        raise NotFound
    require(session, actor, Action.SCORECARD_CORRECT, request.appraisal.person_id)
    return request


def requests_of(session: Session, appraisal_id: int) -> list[CaseRequest]:
    """All requests about one appraisal, the latest first."""
    wanted = _requests().where(CaseRequest.appraisal_id == appraisal_id)
    return list(session.scalars(wanted.order_by(CaseRequest.asked_at.desc(), CaseRequest.id.desc())))


# --- Parts ------------------------------------------------------------------------------------------------------------


def _requests() -> Select[CaseRequest]:
    appraisal = joinedload(CaseRequest.appraisal)
    return select(CaseRequest).options(
        appraisal.joinedload(Appraisal.person),
        appraisal.joinedload(Appraisal.period).joinedload(Period.cycle),
        joinedload(CaseRequest.asked_by),
        joinedload(CaseRequest.decided_by),
    )


def _locked(session: Session, request_id: int) -> CaseRequest:
    """The request with its appraisal, as they are now; of two who decide the second one finds it decided."""
    note_question(session, Action.SCORECARD_CORRECT)
    appraisal_id = session.scalar(select(CaseRequest.appraisal_id).where(CaseRequest.id == request_id))
    if appraisal_id is None:
        raise NotFound
    session.scalar(
        select(Appraisal)
        .where(Appraisal.id == appraisal_id)
        .with_for_update(of=Appraisal)
        .execution_options(populate_existing=True)
    )
    return session.scalars(
        _requests().where(CaseRequest.id == request_id).execution_options(populate_existing=True)
    ).one()


def _appraisal(session: Session, actor: Actor, where: Where, asked: Asked) -> Appraisal:
    """The appraisal that the request is about; one about a KPI begins it where there is none yet."""
    if asked.kind is CaseKind.CORRECT:
        return appraisal_for_change(session, where)
    period = period_of(load_cycle(session, code=where.cycle_code), where.period_code)
    facts = facts_for_change(session, actor, period, [where.person_id])
    if where.person_id not in facts.people:
        raise Conflict(Condition.PLAN_ACTIVE)
    person = facts.people[where.person_id]
    if asked.kpi_code not in {kpi.code for kpi in kpis_of(person.plan)}:
        raise Invalid([Fault("kpi_code", "kpi_not_on_card", {"code": asked.kpi_code})])
    if person.appraisal is not None:
        return person.appraisal
    appraisal = Appraisal(
        person_id=where.person_id, period_id=period.id, plan_id=person.plan.id, changed_at=clock.now()
    )
    session.add(appraisal)
    session.flush()
    return appraisal


def _check_possible(session: Session, appraisal: Appraisal, kind: CaseKind, kpi_code: str) -> None:
    if kind is CaseKind.CORRECT:
        state_after(appraisal, Step.REOPEN, frozenset({Condition.OTHER_PERSON}))
        return
    if appraisal.state not in {None, AppraisalState.OPEN}:
        raise Conflict(f"already_{appraisal.state.value}")
    is_left_out = kpi_code in exclusions_of(session, {appraisal.id: appraisal.person_id}).get(appraisal.person_id, {})
    if is_left_out is (kind is CaseKind.EXCLUDE_KPI):
        raise Conflict("kpi_left_out_already" if is_left_out else "kpi_counts_already")


def _record(
    session: Session,
    actor: Actor,
    action: str,
    request: CaseRequest,
    appraisal: Appraisal,
    words: Mapping[str, str],
) -> None:
    details: dict[str, Any] = {"kind": request.kind.value, "kpi": request.kpi_code}
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        about=("case_request", request.id),
        subject_id=appraisal.person_id,
        details=details,
        words={name: text for name, text in words.items() if text},
    )
