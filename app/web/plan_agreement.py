"""What do pages show of how a plan is agreed: where it stands, whose turn it is, and what was said about what?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from fastapi import Request

from app import plan_words
from app.i18n import Locale, mark
from app.models import Kpi, Objective, Plan, PlanAcceptance, PlanRemark
from app.routing import Actor, DbSession
from app.rules.methods import PARAMETERS
from app.rules.vocabulary import IN_MAKING, PlanState, RemarkKind
from app.rules.workflow import Step
from app.services import agreement
from app.services.plan_drafts import kpis_of, number_of

STAGES: Final = (
    ((PlanState.DRAFT,), mark("Draft")),
    ((PlanState.PROPOSED, PlanState.COUNTERED), mark("Proposed")),
    ((PlanState.ACCEPTED,), mark("Accepted")),
    ((PlanState.ACTIVE, PlanState.REPLACED), mark("In force")),
)
"""The way of a plan, in the order in which it is gone."""
STEPS_TAKEN: Final[Mapping[RemarkKind, str]] = MappingProxyType(
    {
        RemarkKind.ACCEPTED: mark("accepted the plan"),
        RemarkKind.ANSWERED: mark("answered"),
        RemarkKind.APPROVED: mark("approved the plan"),
        RemarkKind.PROPOSED: mark("proposed the plan"),
        RemarkKind.REMARK: "",
        RemarkKind.RETURNED: mark("took the plan back"),
        RemarkKind.TAKEN: mark("took the proposed figures over"),
    }
)
"""What the author of a remark did with it."""


class Stage(NamedTuple):
    """One stage of the way: its name, and whether it is past or present."""

    name: str
    is_past: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a plan is on its way, seen by one reader."""

    stages: Sequence[Stage]
    is_asked: bool
    """Whether there is a way at all: where no agreement is asked and none was sought, a plan is simply submitted."""
    steps: frozenset[Step]
    may_discuss: bool
    is_own: bool
    remarks: Sequence[PlanRemark]
    acceptance: PlanAcceptance | None
    """The last one of this version."""
    wishes: Mapping[str, PlanRemark]
    """Other figures that the employee's last answer asks for, by KPI, where the plan does not hold them yet."""

    def may(self, step: str) -> bool:
        """Whether the reader may take the step now."""
        return Step(step) in self.steps

    @property
    def proposed(self) -> PlanRemark | None:
        """The last proposal."""
        return next((each for each in reversed(self.remarks) if each.kind is RemarkKind.PROPOSED), None)

    def about_kpi(self, kpi: Kpi) -> list[PlanRemark]:
        """What was said about a KPI, in all rounds and versions."""
        return [each for each in self.remarks if each.kpi_code == kpi.code]

    def about_objective(self, objective: Objective) -> list[PlanRemark]:
        """What was said about an objective."""
        return [each for each in self.remarks if each.objective_number == number_of(objective)]

    @property
    def about_plan(self) -> list[PlanRemark]:
        """What was said about the plan as a whole, with the steps that were taken."""
        return [each for each in self.remarks if not each.kpi_code and each.objective_number is None]

    def last_answer(self, kpi: Kpi | None) -> list[PlanRemark]:
        """What the employee's last answer says about a KPI, or without one about the plan as a whole."""
        last = max((each.id for each in self.remarks if each.kind is RemarkKind.PROPOSED), default=0)
        code = kpi.code if kpi else ""
        return [
            each
            for each in self.remarks
            if each.id > last
            and each.kind is RemarkKind.ANSWERED
            and each.kpi_code == code
            and (kpi is not None or each.objective_number is None)
        ]


def agreement_of(session: DbSession, actor: Actor, plan: Plan) -> Agreement:
    """How far the plan is on its way, for this reader."""
    accepted = agreement.acceptances_of(session, plan)
    remarks = agreement.remarks_of(session, plan)
    place = next(place for place, (states, _) in enumerate(STAGES) if plan.state in states)
    is_sought = plan.state in IN_MAKING and plan.state is not PlanState.DRAFT
    return Agreement(
        stages=[Stage(name, number < place, number == place) for number, (_, name) in enumerate(STAGES)],
        is_asked=bool(accepted) or is_sought or (plan.cycle.asks_agreement and plan.state in IN_MAKING),
        steps=agreement.plan_steps(session, actor, plan),
        may_discuss=agreement.may_discuss(session, actor, plan),
        is_own=plan.person_id == actor.person_id,
        remarks=remarks,
        acceptance=accepted[-1] if accepted else None,
        wishes=agreement.open_proposals(plan, remarks),
    )


def agreement_on(request: Request, actor: Actor, plan: Plan) -> Agreement:
    """The same with the session of the request."""
    return agreement_of(request.state.session, actor, plan)


def takes_target(kpi: Kpi) -> bool:
    """Whether the KPI has one target for which another can be proposed."""
    return "target" in PARAMETERS[kpi.method]


def figures_in(remark: PlanRemark, kpi: Kpi | None, locale: Locale) -> list[str]:
    """The other figures that a remark proposes, in words."""
    said = []
    if remark.target is not None:
        shown = plan_words.figure(remark.target, kpi.unit_of_measure if kpi else "", locale)
        said.append(locale.text(mark("Target %(target)s"), target=shown))
    for criterion in plan_words.CRITERIA:
        rating = getattr(remark, criterion.field)
        if rating is not None:
            said.append(f"{locale.text(criterion.name)} {rating}")
    return said


class Topic(NamedTuple):
    """Something that is spoken about: how it is chosen in a form, its name, what was said, and whether it is a KPI."""

    key: str
    name: str
    remarks: Sequence[PlanRemark]
    kpi: Kpi | None = None
    is_gone: bool = False


def topics_of(plan: Plan, found: Agreement, locale: Locale) -> list[Topic]:
    """The whole discussion by topic: the plan, its objectives each with its KPIs, then what is not part of it now."""
    topics = [Topic("", locale.text(mark("The plan as a whole")), found.about_plan)]
    for objective in plan.objectives:
        topics.append(Topic(f"objective:{number_of(objective)}", objective.title, found.about_objective(objective)))
        topics += [Topic(f"kpi:{kpi.code}", kpi.name, found.about_kpi(kpi), kpi) for kpi in objective.kpis]
    return topics + _gone(plan, found)


def _gone(plan: Plan, found: Agreement) -> list[Topic]:
    codes, numbers = {kpi.code for kpi in kpis_of(plan)}, {number_of(each) for each in plan.objectives}
    gone: dict[str, list[PlanRemark]] = {}
    for each in found.remarks:
        if each.kpi_code and each.kpi_code not in codes:
            gone.setdefault(f"kpi:{each.kpi_code}", []).append(each)
        elif each.objective_number is not None and each.objective_number not in numbers:
            gone.setdefault(f"objective:{each.objective_number}", []).append(each)
    return [Topic(key, remarks[-1].about, remarks, is_gone=True) for key, remarks in gone.items()]
