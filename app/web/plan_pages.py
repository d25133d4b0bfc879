"""What do the pages of a plan show? The same values for editor, read view and the parts that are swapped."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from app import plan_words
from app.i18n import Locale
from app.models import Kpi, Placement, Plan
from app.routing import Actor, DbSession
from app.rules.aggregation import MilestoneMeasure
from app.rules.curve_charts import CurveChart, curve_chart
from app.rules.examples import Example, examples
from app.rules.methods import limits
from app.rules.plan import (
    FEWEST_KPIS,
    FEWEST_OBJECTIVES,
    MOST_KPIS,
    MOST_OBJECTIVES,
)
from app.rules.policy import Policy
from app.rules.vocabulary import WRITABLE
from app.services.action_steps import may_mark
from app.services.advice import plan_advice
from app.services.cycles import policy_of
from app.services.employment import placement_on
from app.services.goals import get_profile
from app.services.kpi_values import kpi_faults
from app.services.plan_drafts import kpis_of
from app.services.plan_weights import is_overridden
from app.services.planning import findings, may_write, measure_of, scoring_of, versions_of
from app.services.responsibilities import responsibilities_of
from app.web.forms import Form
from app.web.plan_advice import hints_by_part
from app.web.plan_agreement import STEPS_TAKEN, agreement_of, agreement_on, figures_in
from app.web.plan_checklist import FIELDS, checklist
from app.web.render import page


@dataclass(frozen=True, slots=True)
class Curve:
    """How a KPI will be scored: sentences, the curve where there is one, and examples."""

    sentences: Sequence[str]
    chart: CurveChart | None
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Guide:
    """How far a plan is: counts against what is allowed, and the sum of the weights."""

    objectives: int
    kpis: int
    weight: Decimal
    is_weighed: bool
    objectives_from: int = FEWEST_OBJECTIVES
    objectives_to: int = MOST_OBJECTIVES
    kpis_from: int = FEWEST_KPIS
    kpis_to: int = MOST_KPIS

    @property
    def are_objectives_right(self) -> bool:
        """Whether the number of objectives is allowed."""
        return self.objectives_from <= self.objectives <= self.objectives_to

    @property
    def are_kpis_right(self) -> bool:
        """Whether the number of KPIs is allowed."""
        return self.kpis_from <= self.kpis <= self.kpis_to


def curve_of(kpi: Kpi, policy: Policy, locale: Locale) -> Curve | None:
    """How the KPI will be scored; none while something of its set-up is missing or wrong."""
    if kpi_faults(kpi, policy):
        return None
    scoring = scoring_of(kpi)
    floor, cap = limits(scoring, policy)
    measure = measure_of(kpi)
    shares = list(measure.milestones.values()) if isinstance(measure, MilestoneMeasure) else []
    return Curve(
        sentences=plan_words.scoring_words(kpi, scoring, policy, locale),
        chart=curve_chart(scoring, floor, cap),
        examples=examples(scoring, kpi.measure, floor, cap, shares),
    )


def guide_of(plan: Plan) -> Guide:
    """How far the plan is."""
    kpis = kpis_of(plan)
    weights = [kpi.weight for kpi in kpis if kpi.weight is not None]
    return Guide(
        objectives=len(plan.objectives),
        kpis=len(kpis),
        weight=sum(weights, Decimal(0)),
        is_weighed=bool(kpis) and len(weights) == len(kpis),
    )


def placement_of(plan: Plan, actor: Actor) -> Placement | None:
    """Where the employee stands today, or on the nearest day of the plan."""
    return placement_on(plan.person, min(max(actor.today, plan.starts_on), plan.ends_on))


def plan_values(request: Request, actor: Actor, plan: Plan, form: Form | None = None) -> dict[str, Any]:
    """What every page about a plan shows of it."""
    locale: Locale = request.state.locale
    missing = findings(plan) if plan.state in WRITABLE else []
    kpis = kpis_of(plan)
    return {
        "plan": plan,
        "kpis": kpis,
        "words": plan_words,
        "labels": FIELDS,
        "placement": placement_of(plan, actor),
        "policy": policy_of(plan.cycle),
        "guide": guide_of(plan),
        "checklist": checklist(plan, missing, locale),
        "advice": hints_by_part(plan, plan_advice(plan), locale) if plan.state in WRITABLE else [],
        "is_overridden": is_overridden(plan),
        "heaviest": max((kpi.weight for kpi in kpis if kpi.weight is not None), default=Decimal(0)),
        "steps_taken": STEPS_TAKEN,
        "figures_in": lambda remark, kpi: figures_in(remark, kpi, locale),
        "target_words": lambda kpi: plan_words.target_words(kpi, locale),
        "form": form or Form.showing(locale, version=str(plan.version)),
        **_above(request, actor, placement_of(plan, actor)),
    }


def _above(request: Request, actor: Actor, placement: Placement | None) -> dict[str, Any]:
    """What stands above a plan: vision and mission, and what the position is responsible for."""
    session: DbSession = request.state.session
    position = placement.position_id if placement else None
    return {
        "profile": get_profile(session, actor),
        "duties": [] if position is None else responsibilities_of(session, actor, position_id=position),
    }


def show_plan(
    request: Request, session: DbSession, actor: Actor, plan: Plan, form: Form | None = None, status: int = 200
) -> HTMLResponse:
    """The read view: what was agreed, why each KPI weighs what it does, and how it will be scored."""
    values = plan_values(request, actor, plan, form)
    policy: Policy = values["policy"]
    return page(
        request,
        "planning/plan.html",
        status,
        **values,
        agreement=agreement_of(session, actor, plan),
        may_write=may_write(session, actor, person_id=plan.person_id),
        may_mark=may_mark(session, actor, plan),
        versions=versions_of(session, actor, person_id=plan.person_id, cycle_id=plan.cycle_id),
        curves={kpi.id: curve_of(kpi, policy, request.state.locale) for kpi in values["kpis"]},
    )


def show_editor(
    request: Request, actor: Actor, plan: Plan, form: Form | None = None, status: int = 200, **more: Any
) -> HTMLResponse:
    """The editor of a draft; with a form that was refused, what was typed into it."""
    return page(
        request,
        "planning/editor.html",
        status,
        **plan_values(request, actor, plan, form),
        agreement=agreement_on(request, actor, plan),
        **{
            "is_refused": False,
            "is_stale": False,
            "typed_before": (),
            "objective_form": Form.showing(request.state.locale),
            "new_hints": (),
            **more,
        },
    )
