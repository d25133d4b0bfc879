"""What do HR and those above see of one person's case: its state, what happened to it, and how it can be moved?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, allow, require
from app.errors import Conflict, KinerjaError
from app.models import AppraisalStep, AppraiserAssignment, CaseRequest, Cycle, Period, Person
from app.rules.vocabulary import Action, AppraisalState
from app.rules.workflow import Condition, Step
from app.services.assignments import assignment_of
from app.services.cases import requests_of
from app.services.released import state_after
from app.services.scorecards import period_card
from app.services.where import Where


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step that was taken with the case."""

    step: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class KpiRow:
    """A KPI of the plan in force, and why it does not count where two people left it out."""

    code: str
    name: str
    excluded: str | None


@dataclass(frozen=True, slots=True)
class ManagedCase:
    """One person's case for a period."""

    person_id: int
    name: str
    cycle: Cycle
    period: Period
    state: AppraisalState
    kpis: Sequence[KpiRow]
    requests: Sequence[CaseRequest]
    steps: Sequence[StepRow]
    assignment: AppraiserAssignment | None
    refusal_to_correct: KinerjaError | None
    """Why no correction can be asked for now."""
    may_assign: bool
    actor_id: int

    @property
    def is_open(self) -> bool:
        """Whether KPIs may be left out or let in."""
        return self.state is AppraisalState.OPEN


def managed_case(session: Session, actor: Actor, *, where: Where) -> ManagedCase:
    """A person's case for those who may move it; never one's own."""
    require(session, actor, Action.SCORECARD_CORRECT, where.person_id)
    found = period_card(session, actor, **where._asdict())
    appraisal = found.scored.person.appraisal
    refusal: KinerjaError | None = Conflict("already_open")
    if appraisal is not None:
        try:
            state_after(appraisal, Step.REOPEN, frozenset({Condition.OTHER_PERSON}))
            refusal = None
        except Conflict as refused:
            refusal = refused
    return ManagedCase(
        person_id=where.person_id,
        name=found.scored.person.person.name,
        cycle=found.cycle,
        period=found.period,
        state=appraisal.state if appraisal else AppraisalState.OPEN,
        kpis=[KpiRow(each.kpi.code, each.kpi.name, each.excluded) for each in found.scored.kpis],
        requests=requests_of(session, appraisal.id) if appraisal else [],
        steps=_steps(session, appraisal.id) if appraisal else [],
        assignment=assignment_of(session, person_id=where.person_id, period_id=found.period.id),
        refusal_to_correct=refusal,
        may_assign=allow(session, actor, Action.APPRAISAL_REASSIGN, where.person_id).is_allowed,
        actor_id=actor.person_id,
    )


def _steps(session: Session, appraisal_id: int) -> list[StepRow]:
    rows = session.execute(
        select(AppraisalStep.step, AppraisalStep.at, Person.name, AppraisalStep.reason)
        .join(Person, AppraisalStep.by_id == Person.id)
        .where(AppraisalStep.appraisal_id == appraisal_id)
        .order_by(AppraisalStep.id.desc())
    )
    return [StepRow(*row) for row in rows]
