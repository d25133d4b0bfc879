"""What would make the objectives and KPIs of a plan better? Rows and what is typed, turned into what the rules judge.

No permission is asked here: whoever calls has the plan already.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session, selectinload

from app.models import Cycle, Kpi, KpiDefinition, Objective, Plan
from app.rules.smart import Advice, KpiText, ObjectiveText, Wording, kpi_advice, objective_advice
from app.rules.texts import folded
from app.rules.vocabulary import BINDING, Aggregation, MeasureKind
from app.services.kpi_values import KpiValues, write_values
from app.services.last_actuals import last_actuals
from app.services.plan_drafts import kpis_of

_ALIKE = Fraction(1, 20)
"""By how much of its length another plan may be longer or shorter where sums are compared."""
_WITHOUT_BEFORE = frozenset({MeasureKind.GROWTH, MeasureKind.MILESTONE, MeasureKind.YES_NO})
"""Measures whose value before is no earlier result."""


def plan_advice(plan: Plan) -> list[Advice]:
    """Everything that could be better, by its place in the plan: `objectives[0].title`, `kpis[2].target`.

    What two KPIs say to one another is told at the later one.
    """
    session = _session_of(plan)
    found = [
        each.under(f"objectives[{place}]")
        for place, objective in enumerate(plan.objectives)
        for each in objective_advice(objective_text(objective))
    ]
    kpis = kpis_of(plan)
    before = earlier_figures(session, plan)
    copied = _copied(session, [kpi.definition_id for kpi in kpis])
    texts = [kpi_text(kpi, before, copied) for kpi in kpis]
    for place, (kpi, text) in enumerate(zip(kpis, texts, strict=True)):
        said = kpi_advice(text, texts[:place], objective_text(kpi.objective))
        found += [each.under(f"kpis[{place}]") for each in said]
    return found


def typed_objective_advice(
    *, title: str, description: str, success: str, due_on: date | None, objective: Objective | None
) -> Sequence[Advice]:
    """What would make an objective better that is being typed; its KPIs are those that stand."""
    has_targets = objective is not None and _has_targets(objective)
    return objective_advice(ObjectiveText(title, description, success, due_on, has_targets=has_targets))


def typed_kpi_advice(
    plan: Plan, values: KpiValues, *, objective: Objective | None, kpi: Kpi | None
) -> Sequence[Advice]:
    """What would make a KPI better that is being typed, beside all others of its plan."""
    draft = Kpi(code=kpi.code if kpi else values.code, data_credibility=kpi.data_credibility if kpi else None)
    write_values(draft, values, plan.cycle)
    others = [each for each in kpis_of(plan) if each is not kpi]
    session = _session_of(plan)
    before = earlier_figures(session, plan)
    copied = _copied(session, [draft.definition_id])
    return kpi_advice(
        kpi_text(draft, before, copied),
        [kpi_text(each, {}, {}) for each in others],
        None if objective is None else objective_text(objective),
    )


def objective_text(objective: Objective) -> ObjectiveText:
    """The objective as the rules judge it."""
    return ObjectiveText(
        title=objective.title,
        description=objective.description,
        success=objective.success,
        due_on=objective.due_on,
        has_targets=_has_targets(objective),
    )


def _has_targets(objective: Objective) -> bool:
    return any(
        kpi.target is not None or kpi.low is not None or kpi.levels is not None or bool(kpi.bands or kpi.milestones)
        for kpi in objective.kpis
    )


def kpi_text(kpi: Kpi, before: Mapping[str, Decimal], copied: Mapping[int, tuple[Wording, ...]]) -> KpiText:
    """The KPI as the rules judge it; `before` holds earlier actuals by the names that `names_of` gives."""
    last = next((before[name] for name in _names_of(kpi) if name in before), None)
    figure = kpi.baseline if last is None else last
    inputs = [(each.is_denominator, folded(each.name)) for each in kpi.inputs]
    return KpiText(
        name=kpi.name,
        code=kpi.code,
        definition=kpi.definition,
        relevance=kpi.relevance,
        unit_of_measure=kpi.unit_of_measure,
        source=kpi.source,
        source_kind=kpi.source_kind,
        data_credibility=kpi.data_credibility,
        frequency=kpi.frequency,
        measure=kpi.measure,
        method=kpi.method,
        target=None if kpi.target is None else Fraction(kpi.target),
        is_target_maximum=kpi.is_target_maximum,
        before=None if figure is None or kpi.measure in _WITHOUT_BEFORE else Fraction(figure),
        numerator=frozenset(name for is_denominator, name in inputs if not is_denominator),
        denominator=frozenset(name for is_denominator, name in inputs if is_denominator),
        library=copied.get(kpi.definition_id or 0, ()),
    )


def _names_of(kpi: Kpi) -> list[str]:
    """By what a KPI of an earlier plan is known again: measure, aggregation and unit, with its code or its name."""
    kind = f"{kpi.measure} {kpi.aggregation} {folded(kpi.unit_of_measure)}"
    return [f"{kind} {what}" for what in (f"code {kpi.code}", f"name {folded(kpi.name)}") if kpi.code or kpi.name]


def _session_of(plan: Plan) -> Session:
    session = object_session(plan)
    if session is None:
        raise ValueError("the plan has left its session")
    return session


def earlier_figures(session: Session, plan: Plan) -> dict[str, Decimal]:
    """What the employee's KPIs came to in the last cycle before, as far as it can be compared."""
    last = session.scalar(
        select(Plan)
        .join(Plan.cycle)
        .where(Plan.person_id == plan.person_id, Plan.state.in_(BINDING), Cycle.ends_on < plan.cycle.starts_on)
        .order_by(Cycle.ends_on.desc(), Plan.version_number.desc())
        .limit(1)
        .options(
            selectinload(Plan.objectives).selectinload(Objective.kpis).selectinload(Kpi.inputs),
            selectinload(Plan.objectives).selectinload(Objective.kpis).selectinload(Kpi.milestones),
        )
    )
    if last is None:
        return {}
    actuals = last_actuals(session, [last])
    is_as_long = _is_as_long(plan, last)
    found: dict[str, Decimal] = {}
    for kpi in kpis_of(last):
        actual = actuals.get(kpi.id)
        if actual is not None and (is_as_long or kpi.aggregation is not Aggregation.SUM):
            found |= dict.fromkeys(_names_of(kpi), actual)
    return found


def _is_as_long(plan: Plan, last: Plan) -> bool:
    days, others = ((each.ends_on - each.starts_on).days + 1 for each in (plan, last))
    return abs(days - others) <= _ALIKE * days


def _copied(session: Session, definition_ids: Sequence[int | None]) -> dict[int, tuple[Wording, ...]]:
    wanted = {definition_id for definition_id in definition_ids if definition_id is not None}
    if not wanted:
        return {}
    found = session.scalars(select(KpiDefinition).where(KpiDefinition.id.in_(wanted)))
    return {
        each.id: (Wording(each.name_en, each.definition_en), Wording(each.name_id, each.definition_id))
        for each in found
    }
