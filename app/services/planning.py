"""Which plan does an employee have, how does it begin, what does it lack, and how does it come into force?"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app import clock
from app.access import Actor, allow, note_question, require
from app.errors import Conflict, Invalid, NotFound
from app.models import (
    Appraisal,
    Cycle,
    Entry,
    Kpi,
    KpiRecorder,
    Objective,
    ObjectiveGoal,
    Period,
    Person,
    Plan,
)
from app.rules.faults import Fault
from app.rules.plan import shape_faults
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import BINDING, RELEASED, WRITABLE, Action, CycleState, PlanState
from app.rules.workflow import PLAN, Condition, Step, StepRefused, moved
from app.services import telling
from app.services.cycles import policy_of
from app.services.kpi_values import kpi_faults, plan_periods
from app.services.plan_copies import copy_parts
from app.services.plan_drafts import WHY_NOT, draft_for_change, kpis_of, lock_versions, note_change, plan_for_change
from app.services.plan_values import measure_of, scoring_of
from app.services.plan_weights import rate_kpis, weigh_plan, weight_faults

__all__ = [
    "copy_plan",
    "discard_plan",
    "findings",
    "get_plan",
    "get_plan_to_write",
    "may_write",
    "measure_of",
    "plan_in_force",
    "rate_kpis",
    "require_write",
    "revise_plan",
    "scoring_of",
    "start_plan",
    "submit_plan",
    "weigh_plan",
]

LONGEST_REASON = 1_000


# --- Reading ----------------------------------------------------------------------------------------------------------


def with_parts() -> tuple[_AbstractLoad, ...]:
    """What a plan is loaded with, so that the number of queries does not depend on its size."""
    kpis = selectinload(Plan.objectives).selectinload(Objective.kpis)
    return (
        joinedload(Plan.person),
        joinedload(Plan.submitted_by),
        joinedload(Plan.cycle).selectinload(Cycle.periods),
        joinedload(Plan.cycle).selectinload(Cycle.bands),
        kpis.selectinload(Kpi.inputs),
        kpis.selectinload(Kpi.milestones),
        kpis.selectinload(Kpi.bands),
        kpis.selectinload(Kpi.period_targets),
        kpis.joinedload(Kpi.weight_by),
        selectinload(Plan.objectives).selectinload(Objective.steps),
        selectinload(Plan.objectives).joinedload(Objective.goal_link).joinedload(ObjectiveGoal.goal),
        kpis.joinedload(Kpi.recorder).joinedload(KpiRecorder.person),
    )


def get_plan(session: Session, actor: Actor, *, plan_id: int) -> Plan:
    """The plan with all its parts, if the actor may see it."""
    note_question(session, Action.PLAN_READ)
    plan = session.scalar(select(Plan).where(Plan.id == plan_id).options(*with_parts()))
    if plan is None:
        raise NotFound
    require(session, actor, Action.PLAN_READ, plan.person_id)
    return plan


def get_plan_to_write(session: Session, actor: Actor, *, plan_id: int) -> Plan:
    """The same plan, if the actor may write it."""
    return get_plan_for(session, actor, Action.PLAN_WRITE, plan_id=plan_id)


def get_plan_for(session: Session, actor: Actor, action: Action, *, plan_id: int) -> Plan:
    """The same plan, if the actor may do the action on plans of its employee."""
    note_question(session, action)
    plan = get_plan(session, actor, plan_id=plan_id)
    require(session, actor, action, plan.person_id)
    return plan


def require_write(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse who may not write plans of this employee."""
    require(session, actor, Action.PLAN_WRITE, person_id)


def may_write(session: Session, actor: Actor, *, person_id: int) -> bool:
    """Whether the actor may write plans of this employee; the question without consequences."""
    return allow(session, actor, Action.PLAN_WRITE, person_id).is_allowed


def plan_in_force(session: Session, person_id: int, cycle_id: int, day: date) -> Plan | None:
    """The version of an employee's plan that holds on a day; no permission is asked, callers do.

    A version that was replaced holds for the days before its successor's first.
    """
    return session.scalar(
        select(Plan)
        .where(
            Plan.person_id == person_id,
            Plan.cycle_id == cycle_id,
            Plan.state.in_(BINDING),
            Plan.starts_on <= day,
            Plan.ends_on >= day,
        )
        # A version that begins on the same day as its predecessor takes its place altogether
        .order_by(Plan.version_number.desc())
        .limit(1)
    )


def versions_of(session: Session, actor: Actor, *, person_id: int, cycle_id: int) -> Sequence[Plan]:
    """All versions of an employee's plan for a cycle, the latest first."""
    require(session, actor, Action.PLAN_READ, person_id)
    return session.scalars(
        select(Plan).where(Plan.person_id == person_id, Plan.cycle_id == cycle_id).order_by(Plan.version_number.desc())
    ).all()


# --- Beginning --------------------------------------------------------------------------------------------------------


def start_plan(session: Session, actor: Actor, *, person_id: int, cycle_id: int) -> Plan:
    """An empty draft for an employee, for the days of the cycle on which they are employed."""
    require(session, actor, Action.PLAN_WRITE, person_id)
    person, cycle = session.get(Person, person_id), session.get(Cycle, cycle_id)
    if person is None or cycle is None:
        raise NotFound
    if cycle.state is CycleState.CLOSED:
        raise Conflict("cycle_closed")
    if session.scalar(select(Plan.id).where(Plan.person_id == person_id, Plan.cycle_id == cycle_id).limit(1)):
        raise Conflict("plan_exists")
    starts_on = max(cycle.starts_on, person.joined_on)
    ends_on = min(cycle.ends_on, person.left_on or cycle.ends_on)
    if ends_on < starts_on:
        raise Conflict("not_employed_in_cycle")
    plan = Plan(
        person=person, cycle=cycle, starts_on=starts_on, ends_on=ends_on, state=PlanState.DRAFT, changed_at=clock.now()
    )
    session.add(plan)
    session.flush()
    note_change(session, actor, plan, "plan.started", details={"cycle": cycle.code})
    return plan


def copy_plan(session: Session, actor: Actor, *, person_id: int, cycle_id: int, source_id: int) -> Plan:
    """A draft for an employee that begins as a copy of somebody's plan, to be adapted."""
    source = get_plan(session, actor, plan_id=source_id)
    plan = start_plan(session, actor, person_id=person_id, cycle_id=cycle_id)
    copy_parts(source, plan)
    session.flush()
    weigh_plan(plan)
    note_change(session, actor, plan, "plan.copied", details={"source": source.id})
    return plan


def revise_plan(
    session: Session, actor: Actor, *, plan_id: int, version: int | None, starts_on: date, reason: str
) -> Plan:
    """A draft of the plan's next version, in force from a day on once it is submitted; until then nothing changes.

    The day is the plan's first or that of a period, after every period whose scorecard is published.
    """
    plan = plan_for_change(session, actor, plan_id=plan_id, version=version)
    if plan.state is not PlanState.ACTIVE:
        raise Conflict("plan_not_active")
    latest = session.scalar(
        select(func.max(Plan.version_number)).where(Plan.person_id == plan.person_id, Plan.cycle_id == plan.cycle_id)
    )
    if latest is not None and latest > plan.version_number:
        raise Conflict("revision_exists")
    reason = tidy_lines(reason)
    faults = [*text_faults("reason", reason, limit=LONGEST_REASON), *_start_faults(session, plan, starts_on)]
    if faults:
        raise Invalid(faults)
    draft = Plan(
        person_id=plan.person_id,
        cycle_id=plan.cycle_id,
        version_number=plan.version_number + 1,
        starts_on=starts_on,
        ends_on=plan.ends_on,
        state=PlanState.DRAFT,
        change_reason=reason,
        changed_at=clock.now(),
    )
    session.add(draft)
    session.flush()
    copy_parts(plan, draft)
    session.flush()
    weigh_plan(draft)
    note_change(
        session,
        actor,
        draft,
        "plan.revised",
        details={"starts_on": starts_on.isoformat(), "version_number": draft.version_number},
        words={"reason": draft.change_reason},
    )
    return draft


def discard_plan(session: Session, actor: Actor, *, plan_id: int, version: int | None) -> None:
    """Throw a draft away; the version that is in force stays as it is."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    note_change(session, actor, plan, "plan.discarded", details={"version_number": plan.version_number})
    session.delete(plan)
    session.flush()


# --- What is missing, and coming into force ---------------------------------------------------------------------------


def findings(plan: Plan) -> list[Fault]:
    """Everything for which the plan cannot be submitted yet, by its place: `kpis[2].target`, `objectives[0].kpis`."""
    policy = policy_of(plan.cycle)
    return [
        *shape_faults([len(objective.kpis) for objective in plan.objectives]),
        *(
            fault.under(f"kpis[{index}]")
            for index, kpi in enumerate(kpis_of(plan))
            for fault in kpi_faults(kpi, policy)
        ),
        *weight_faults(plan),
    ]


def submit_plan(session: Session, actor: Actor, *, plan_id: int, version: int | None) -> Plan:
    """Bring a complete draft into force, in place of the version before; refused with every reason at once."""
    lock_versions(session, plan_id)
    plan = plan_for_change(session, actor, plan_id=plan_id, version=version)
    holding = {Condition.PLAN_COMPLETE} | (set() if plan.cycle.asks_agreement else {Condition.AGREEMENT_NOT_ASKED})
    check_complete(plan)
    state = plan_moved(plan, Step.SUBMIT, frozenset(holding))
    bring_into_force(session, actor, plan, state, "plan.submitted")
    return plan


def check_complete(plan: Plan) -> None:
    """Refuse a plan that may still be written on and lacks something; its weights are brought up to date before."""
    if plan.state in WRITABLE:
        weigh_plan(plan)  # the policy may have changed since the KPIs were rated
        if missing := findings(plan):
            raise Invalid(missing)


def plan_moved(plan: Plan, step: Step, holding: frozenset[Condition]) -> PlanState:
    """The plan's state after the step; refused with the reason that weighs most."""
    try:
        return moved(PLAN, plan.state, step, holding)
    except StepRefused as refused:
        if (plan.state, step) in PLAN:
            raise Conflict(refused.codes[0]) from refused
        raise Conflict(WHY_NOT[plan.state]) from refused


def bring_into_force(session: Session, actor: Actor, plan: Plan, state: PlanState, action: str) -> None:
    """Put the plan in the place of the version before, if there is one; all versions are locked by the caller."""
    before = session.scalar(
        select(Plan)
        .where(Plan.person_id == plan.person_id, Plan.cycle_id == plan.cycle_id, Plan.state == PlanState.ACTIVE)
        .execution_options(populate_existing=True)
    )
    if before is not None:
        _replace(session, actor, before, plan)
    plan.state = state
    plan.submitted_at, plan.submitted_by_id = clock.now(), actor.person_id
    note_change(session, actor, plan, action, details={"version_number": plan.version_number})
    telling.plan_in_force(session, actor, plan)


def _replace(session: Session, actor: Actor, before: Plan, plan: Plan) -> None:
    """Let the version before end on the eve of its successor, and hand the later entries over."""
    faults = _start_faults(session, before, plan.starts_on)
    if faults:
        raise Invalid(faults)
    before.state = moved(PLAN, before.state, Step.REPLACE, frozenset({Condition.SUCCESSOR_SUBMITTED}))
    if plan.starts_on > before.starts_on:
        before.agreed_until = before.agreed_until or before.ends_on
        before.ends_on = plan.starts_on - timedelta(days=1)
    handed = _hand_over_entries(session, before, plan)
    note_change(
        session, actor, before, "plan.replaced", details={"by": plan.id, "ends_on": before.ends_on, "entries": handed}
    )


def _hand_over_entries(session: Session, before: Plan, plan: Plan) -> int:
    """Entries from the successor's first day on go to its KPI of the same code, if that still measures the same.

    The others stay with the KPI for which they were recorded: nothing that was recorded is lost or bent to fit.
    """
    successors = {kpi.code: kpi for kpi in kpis_of(plan)}
    pairs = [(kpi, successors[kpi.code]) for kpi in kpis_of(before) if kpi.code in successors]
    heirs = {kpi.id: successor for kpi, successor in pairs if _measures_the_same(kpi, successor)}
    entries = session.scalars(select(Entry).where(Entry.kpi_id.in_(heirs), Entry.starts_on >= plan.starts_on)).all()
    for kpi_id, heir in heirs.items():
        handed = [entry.id for entry in entries if entry.kpi_id == kpi_id]
        # In bulk, which leaves their versions as they are: what was verified stays verified
        session.execute(update(Entry).where(Entry.id.in_(handed)).values(kpi_id=heir.id))
    return len(entries)


def _measures_the_same(kpi: Kpi, successor: Kpi) -> bool:
    one, other = measure_of(kpi), measure_of(successor)
    if one.kind is not other.kind:
        return False
    names = [
        (sorted((each.name, each.is_denominator) for each in of.inputs), sorted(each.name for each in of.milestones))
        for of in (kpi, successor)
    ]
    return names[0] == names[1]


def _start_faults(session: Session, plan: Plan, starts_on: date) -> list[Fault]:
    """Why the plan cannot be revised from this day on."""
    days = [plan.starts_on, *(period.starts_on for period in plan_periods(plan) if period.starts_on > plan.starts_on)]
    if starts_on not in days:
        return [Fault("starts_on", "not_a_period_start")]
    published = session.scalar(
        select(Period)
        .join(Appraisal, Appraisal.period_id == Period.id)
        .where(
            Appraisal.person_id == plan.person_id,
            Period.cycle_id == plan.cycle_id,
            Appraisal.state.in_(RELEASED),
        )
        .order_by(Period.ends_on.desc())
        .limit(1)
    )
    if published is not None and starts_on <= published.ends_on:
        return [Fault("starts_on", "period_published", {"period": published.code})]
    crossing = session.scalar(
        select(Entry.on)
        .join(Kpi, Entry.kpi_id == Kpi.id)
        .where(Kpi.plan_id == plan.id, Entry.starts_on < starts_on, Entry.ends_on >= starts_on)
        .order_by(Entry.on)
        .limit(1)
    )
    return [] if crossing is None else [Fault("starts_on", "entry_crosses_start", {"on": crossing})]
