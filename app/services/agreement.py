"""How do employee and manager come to agree on a plan: proposed, discussed, answered, accepted, approved?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, allow, require
from app.errors import Conflict, Invalid, NotFound
from app.models import Kpi, Objective, Person, Plan, PlanAcceptance, PlanRemark
from app.rules.faults import Fault
from app.rules.methods import PARAMETERS, set_up_faults
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import IN_MAKING, Action, PlanState, RemarkKind
from app.rules.weighting import RATINGS
from app.rules.workflow import PLAN, Condition, Step, steps_open
from app.services import audit, telling
from app.services.cycles import policy_of
from app.services.plan_content import content_of, digest_of
from app.services.plan_drafts import draft_for_change, kpis_of, lock_versions, note_change, number_of, plan_for_change
from app.services.plan_values import measure_of, scoring_of
from app.services.plan_weights import KpiRatings, weigh_plan
from app.services.planning import bring_into_force, check_complete, findings, get_plan, plan_moved

LONGEST_REMARK: Final = 2_000
MOST_REMARKS: Final = 60
"""What one answer may hold: every KPI and objective of the largest draft, and the plan as a whole."""
_CRITERIA: Final = ("priority", "difficulty", "data_credibility")


@dataclass(frozen=True, slots=True)
class RemarkValues:
    """What somebody says about a KPI, an objective or, with neither, the whole plan; for a KPI with other figures."""

    text: str = ""
    kpi_code: str = ""
    objective_number: int | None = None
    target: Decimal | None = None
    ratings: KpiRatings = KpiRatings()  # noqa: RUF009 - frozen, so one for all will do

    @property
    def has_figures(self) -> bool:
        """Whether other figures are proposed."""
        return self.target is not None or self.ratings != KpiRatings()


# --- Reading ----------------------------------------------------------------------------------------------------------


def list_remarks(session: Session, actor: Actor, *, plan_id: int) -> Sequence[PlanRemark]:
    """The whole discussion with the employee about their plans of the cycle, the oldest first."""
    plan = get_plan(session, actor, plan_id=plan_id)
    return remarks_of(session, plan)


def remarks_of(session: Session, plan: Plan) -> Sequence[PlanRemark]:
    """The same for a plan that the actor may see."""
    return session.scalars(
        select(PlanRemark)
        .where(PlanRemark.person_id == plan.person_id, PlanRemark.cycle_id == plan.cycle_id)
        .order_by(PlanRemark.id)
        .options(joinedload(PlanRemark.author))
    ).all()


def list_acceptances(session: Session, actor: Actor, *, plan_id: int) -> Sequence[PlanAcceptance]:
    """What the employee has accepted of this version, the oldest first; one returned and proposed again has several."""
    plan = get_plan(session, actor, plan_id=plan_id)
    return acceptances_of(session, plan)


def acceptances_of(session: Session, plan: Plan) -> Sequence[PlanAcceptance]:
    """The same for a plan that the actor may see."""
    return session.scalars(
        select(PlanAcceptance)
        .where(
            PlanAcceptance.person_id == plan.person_id,
            PlanAcceptance.cycle_id == plan.cycle_id,
            PlanAcceptance.version_number == plan.version_number,
        )
        .order_by(PlanAcceptance.id)
    ).all()


def open_proposals(plan: Plan, remarks: Sequence[PlanRemark]) -> dict[str, PlanRemark]:
    """The other figures that the employee's last answer asks for, by KPI, where the plan does not hold them yet."""
    if plan.state is not PlanState.COUNTERED:
        return {}
    mine = [each for each in remarks if each.version_number == plan.version_number]
    last = max((each.round_number for each in mine), default=0)
    kpis = {kpi.code: kpi for kpi in kpis_of(plan)}
    return {
        each.kpi_code: each
        for each in mine
        if each.round_number == last and each.author_id == plan.person_id and _differs(kpis.get(each.kpi_code), each)
    }


def _differs(kpi: Kpi | None, remark: PlanRemark) -> bool:
    if kpi is None:
        return False
    wished = {name: getattr(remark, name) for name in ("target", *_CRITERIA)}
    return any(figure is not None and figure != getattr(kpi, name) for name, figure in wished.items())


def plan_steps(session: Session, actor: Actor, plan: Plan) -> frozenset[Step]:
    """The steps of the workflow that the actor may take with the plan as it stands."""
    return frozenset(
        step
        for step in steps_open(PLAN, plan.state)
        if allow(session, actor, PLAN[plan.state, step].needs, plan.person_id).is_allowed
        and not (step is Step.SUBMIT and plan.cycle.asks_agreement)
        and not (step is Step.PROPOSE and plan.state is PlanState.DRAFT and not plan.cycle.asks_agreement)
    )


def may_discuss(session: Session, actor: Actor, plan: Plan) -> bool:
    """Whether the actor may say something about the plan at the moment."""
    return plan.state in IN_MAKING and allow(session, actor, Action.PLAN_DISCUSS, plan.person_id).is_allowed


# --- Discussing -------------------------------------------------------------------------------------------------------


def add_remark(session: Session, actor: Actor, *, plan_id: int, values: RemarkValues) -> PlanRemark:
    """Say something about a plan that is not in force yet; nothing moves by it."""
    plan = get_plan(session, actor, plan_id=plan_id)
    require(session, actor, Action.PLAN_DISCUSS, plan.person_id)
    if plan.state not in IN_MAKING:
        raise Conflict("discussion_closed")
    if faults := _remark_faults(plan, values):
        raise Invalid(faults)
    remark = _put_remark(session, actor, plan, values)
    audit.record(
        session,
        "plan.remark_made",
        actor_id=actor.person_id,
        about=("plan", plan.id),
        subject_id=plan.person_id,
        details=_details(remark),
        words={"text": remark.text},
    )
    return remark


def counter_plan(
    session: Session, actor: Actor, *, plan_id: int, version: int | None, remarks: Sequence[RemarkValues]
) -> Plan:
    """Answer a proposal with what should be different; the manager writes again."""
    plan = plan_for_change(session, actor, plan_id=plan_id, version=version, action=Action.PLAN_ACCEPT)
    state = plan_moved(plan, Step.COUNTER, frozenset())
    faults = [fault.under(f"remarks[{i}]") for i, each in enumerate(remarks) for fault in _remark_faults(plan, each)]
    if not remarks:
        faults.append(Fault("remarks", "nothing_answered"))
    if len(remarks) > MOST_REMARKS:
        faults.append(Fault("remarks", "too_many_parts", {"most": str(MOST_REMARKS)}))
    if faults:
        raise Invalid(faults)
    plan.state = state
    said = [_put_remark(session, actor, plan, each, RemarkKind.ANSWERED) for each in remarks]
    note_change(
        session,
        actor,
        plan,
        "plan.answered",
        details={"version_number": plan.version_number, "remarks": [_details(each) for each in said]},
        words={f"text_{number}": each.text for number, each in enumerate(said, start=1) if each.text},
    )
    telling.plan_countered(session, actor, plan)
    return plan


def take_proposal(session: Session, actor: Actor, *, plan_id: int, version: int | None, remark_id: int) -> Plan:
    """Let the figures that the employee proposed for a KPI be those of the plan."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    remark = session.get(PlanRemark, remark_id)
    if remark is None or (remark.person_id, remark.cycle_id) != (plan.person_id, plan.cycle_id):
        raise NotFound
    kpi = next((each for each in kpis_of(plan) if each.code == remark.kpi_code), None)
    figures = {name: figure for name in ("target", *_CRITERIA) if (figure := getattr(remark, name)) is not None}
    if kpi is None or not figures:
        raise Conflict("nothing_to_take")
    for name, figure in figures.items():
        setattr(kpi, name, figure)
    weigh_plan(plan)
    taken = RemarkValues(kpi_code=kpi.code, target=remark.target, ratings=_ratings(remark))
    _put_remark(session, actor, plan, taken, RemarkKind.TAKEN)
    note_change(session, actor, plan, "plan.proposal_taken", details=_details(remark))
    return plan


# --- Agreeing ---------------------------------------------------------------------------------------------------------


def propose_plan(session: Session, actor: Actor, *, plan_id: int, version: int | None) -> Plan:
    """Ask the employee to accept a complete draft or to answer; refused with everything that is missing."""
    plan = plan_for_change(session, actor, plan_id=plan_id, version=version)
    check_complete(plan)
    plan.state = plan_moved(plan, Step.PROPOSE, frozenset({Condition.PLAN_COMPLETE}))
    remark = _put_remark(session, actor, plan, RemarkValues(), RemarkKind.PROPOSED)
    remark.round_number += 1
    note_change(
        session,
        actor,
        plan,
        "plan.proposed",
        details={"version_number": plan.version_number, "round": remark.round_number},
    )
    telling.plan_proposed(session, plan)
    return plan


def accept_plan(session: Session, actor: Actor, *, plan_id: int, version: int | None) -> Plan:
    """Accept exactly what the proposal holds; name, moment and content are kept."""
    plan = plan_for_change(session, actor, plan_id=plan_id, version=version, action=Action.PLAN_ACCEPT)
    state = plan_moved(plan, Step.ACCEPT, _completeness(plan))
    content = content_of(plan)
    acceptance = PlanAcceptance(
        person_id=plan.person_id,
        cycle_id=plan.cycle_id,
        version_number=plan.version_number,
        name=session.get_one(Person, actor.person_id).name,
        at=clock.now(),
        digest=digest_of(content),
        content=content,
    )
    session.add(acceptance)
    plan.state = state
    _put_remark(session, actor, plan, RemarkValues(), RemarkKind.ACCEPTED)
    note_change(
        session,
        actor,
        plan,
        "plan.accepted",
        details={"version_number": plan.version_number, "digest": acceptance.digest},
    )
    telling.plan_accepted(session, actor, plan)
    return plan


def return_plan(session: Session, actor: Actor, *, plan_id: int, version: int | None, reason: str) -> Plan:
    """Take a proposal or an accepted plan back to be written on, with a reason; it must be accepted again."""
    plan = plan_for_change(session, actor, plan_id=plan_id, version=version)
    state = plan_moved(plan, Step.RETURN, frozenset())
    reason = tidy_lines(reason)
    if faults := text_faults("reason", reason, limit=LONGEST_REMARK):
        raise Invalid(faults)
    plan.state = state
    _put_remark(session, actor, plan, RemarkValues(reason), RemarkKind.RETURNED)
    note_change(
        session,
        actor,
        plan,
        "plan.returned",
        details={"version_number": plan.version_number},
        words={"reason": reason},
    )
    telling.plan_returned(session, plan)
    return plan


def approve_plan(session: Session, actor: Actor, *, plan_id: int, version: int | None) -> Plan:
    """Bring into force exactly what the employee has accepted, in place of the version before."""
    lock_versions(session, plan_id)
    plan = plan_for_change(session, actor, plan_id=plan_id, version=version, action=Action.PLAN_APPROVE)
    holding = _completeness(plan)
    accepted = acceptances_of(session, plan)
    if accepted and accepted[-1].digest == digest_of(content_of(plan)):
        holding |= {Condition.ACCEPTED_AS_IT_IS}
    state = plan_moved(plan, Step.APPROVE, holding)
    _put_remark(session, actor, plan, RemarkValues(), RemarkKind.APPROVED)
    bring_into_force(session, actor, plan, state, "plan.approved")
    return plan


def _completeness(plan: Plan) -> frozenset[Condition]:
    return frozenset() if findings(plan) else frozenset({Condition.PLAN_COMPLETE})


# --- Remarks ----------------------------------------------------------------------------------------------------------


def _put_remark(
    session: Session, actor: Actor, plan: Plan, values: RemarkValues, kind: RemarkKind = RemarkKind.REMARK
) -> PlanRemark:
    rounds = select(func.count(PlanRemark.id)).where(
        PlanRemark.person_id == plan.person_id,
        PlanRemark.cycle_id == plan.cycle_id,
        PlanRemark.version_number == plan.version_number,
        PlanRemark.kind == RemarkKind.PROPOSED,
    )
    kpi, objective = _topic(plan, values)
    remark = PlanRemark(
        person_id=plan.person_id,
        cycle_id=plan.cycle_id,
        version_number=plan.version_number,
        round_number=session.scalar(rounds) or 0,
        kind=kind,
        kpi_code=values.kpi_code,
        objective_number=values.objective_number,
        about=kpi.name if kpi else objective.title if objective else "",
        author_id=actor.person_id,
        text=tidy_lines(values.text),
        target=values.target,
        priority=values.ratings.priority,
        difficulty=values.ratings.difficulty,
        data_credibility=values.ratings.data_credibility,
        at=clock.now(),
    )
    session.add(remark)
    session.flush()
    return remark


def _topic(plan: Plan, values: RemarkValues) -> tuple[Kpi | None, Objective | None]:
    kpi = next((each for each in kpis_of(plan) if each.code == values.kpi_code), None)
    return kpi, next((each for each in plan.objectives if number_of(each) == values.objective_number), None)


def _remark_faults(plan: Plan, values: RemarkValues) -> list[Fault]:
    kpi, objective = _topic(plan, values)
    if values.kpi_code and kpi is None:
        return [Fault("kpi", "not_of_this_plan")]
    if values.objective_number is not None and objective is None:
        return [Fault("objective", "not_of_this_plan")]
    faults = text_faults("text", tidy_lines(values.text), limit=LONGEST_REMARK, required=not values.has_figures)
    if kpi is None:
        return [*faults, Fault("kpi", "required")] if values.has_figures else faults
    faults += [
        Fault(name, "rating_out_of_range")
        for name in _CRITERIA
        if (rating := getattr(values.ratings, name)) is not None and rating not in RATINGS
    ]
    return faults if values.target is None else [*faults, *_target_faults(plan, kpi, values.target)]


def _target_faults(plan: Plan, kpi: Kpi, target: Decimal) -> list[Fault]:
    """Why the KPI cannot have this target."""
    if "target" not in PARAMETERS[kpi.method]:
        return [Fault("target", "not_scored_by_target")]
    wished = replace(scoring_of(kpi), target=Fraction(target))
    faults = set_up_faults(measure_of(kpi), wished, policy_of(plan.cycle))
    return [Fault("target", fault.code, fault.values) for fault in faults if fault.at == "scoring.target"]


def _ratings(remark: PlanRemark) -> KpiRatings:
    return KpiRatings(remark.priority, remark.difficulty, remark.data_credibility)


def _details(remark: PlanRemark) -> dict[str, object]:
    """The facts of a remark, for the record."""
    about = {"kpi": remark.kpi_code or None, "objective": remark.objective_number}
    figures = {name: getattr(remark, name) for name in _CRITERIA}
    target = None if remark.target is None else str(remark.target)
    return {name: fact for name, fact in {**about, "target": target, **figures}.items() if fact is not None}
