"""Which KPIs do tests record figures of? Cycles and plans in force, written straight into the tables."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.models import Cycle, Kpi, KpiInput, Milestone, Objective, Period, Person, Plan
from app.rules.periods import periods_of
from app.rules.vocabulary import (
    Aggregation,
    CycleState,
    Frequency,
    MeasureKind,
    Method,
    Missing,
    PlanState,
    SourceKind,
)
from tests.factories import NOW

_OWN_METHODS = {
    MeasureKind.MILESTONE: Method.MILESTONE,
    MeasureKind.RATING: Method.RATING,
    MeasureKind.YES_NO: Method.YES_NO,
}


def make_cycle(
    session: Session,
    code: str = "2026",
    *,
    kind: Frequency = Frequency.MONTHLY,
    starts_on: date = date(2026, 1, 1),
    ends_on: date = date(2026, 12, 31),
) -> Cycle:
    """An open cycle with its periods and the default policy."""
    cycle = Cycle(
        code=code,
        name=f"Kinerja {code}",
        starts_on=starts_on,
        ends_on=ends_on,
        state=CycleState.OPEN,
        priority_share=Decimal(50),
        difficulty_share=Decimal(30),
        credibility_share=Decimal(20),
        weight_step=Decimal(1),
        weight_floor=Decimal(5),
        weight_ceiling=Decimal(40),
        score_floor=Decimal(0),
        score_cap=Decimal(120),
        missing=Missing.EXCLUDE,
        on_track_from=Decimal(90),
        ahead_from=Decimal(110),
        changed_at=NOW,
        periods=[Period(**span._asdict()) for span in periods_of(kind, starts_on, ends_on)],
    )
    session.add(cycle)
    session.flush()
    return cycle


def make_kpi(name: str, measure: MeasureKind = MeasureKind.VALUE, **columns: Any) -> Kpi:
    """A KPI; `inputs` are names of a ratio with the denominator last, `milestones` are names with equal shares."""
    inputs: Sequence[str] = columns.pop("inputs", ())
    milestones: Sequence[str] = columns.pop("milestones", ())
    values: dict[str, Any] = {
        "code": name.upper().replace(" ", "-")[:40],
        "unit_of_measure": "",
        "aggregation": Aggregation.SUM if measure is MeasureKind.VALUE else None,
        "method": _OWN_METHODS.get(measure, Method.HIGHER),
        "frequency": Frequency.MONTHLY,
        "source_kind": SourceKind.SYSTEM_WITH_LOG,
        "priority": 3,
        "difficulty": 3,
        "data_credibility": 4,
        **columns,
    }
    kpi = Kpi(name=name, measure=measure, **values)
    kpi.inputs = [
        KpiInput(place=place, name=each, is_denominator=place == len(inputs))
        for place, each in enumerate(inputs, start=1)
    ]
    shares = [Decimal(100 // len(milestones))] * len(milestones) if milestones else []
    if shares:
        shares[-1] += 100 - sum(shares)
    kpi.milestones = [
        Milestone(place=place, name=each, share=share)
        for place, (each, share) in enumerate(zip(milestones, shares, strict=True), start=1)
    ]
    return kpi


def make_plan(
    session: Session, person: Person, cycle: Cycle, kpis: Sequence[Kpi], *, state: PlanState = PlanState.ACTIVE
) -> Plan:
    """A plan over the whole cycle, with one objective for each KPI and weights as equal as can be."""
    plan = Plan(
        person_id=person.id,
        cycle_id=cycle.id,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        state=state,
        changed_at=NOW,
    )
    session.add(plan)
    session.flush()
    for place, kpi in enumerate(kpis, start=1):
        kpi.plan_id, kpi.place = plan.id, place
        kpi.weight = kpi.computed_weight = Decimal(100 // len(kpis))
        plan.objectives.append(Objective(place=place, title=f"Sasaran {place}", kpis=[kpi]))
    session.flush()
    session.refresh(plan, ["kpis"])
    return plan


def period_of(cycle: Cycle, code: str) -> Period:
    """A period of the cycle."""
    return next(period for period in cycle.periods if period.code == code)
