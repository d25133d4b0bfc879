"""Which plans do tests begin with? Complete and incomplete ones, made through the services like any other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Cycle, Kpi, Objective, Person, Plan
from app.rules.aggregation import Term
from app.rules.vocabulary import Aggregation, Frequency, MeasureKind, Method, SourceKind
from app.services import cycles
from app.services.cycles import CycleValues, PolicyValues
from app.services.kpi_values import KpiValues
from app.services.plan_drafts import kpis_of
from app.services.plan_kpis import ObjectiveValues, put_kpi, put_objective
from app.services.plan_weights import KpiRatings, rate_kpis
from app.services.planning import start_plan, submit_plan

EXAMPLE_RATINGS = ((5, 4, 5), (4, 4, 4), (4, 5, 4), (3, 3, 5), (3, 2, 3), (2, 1, 4))
"""Those of the worked example in docs/scoring.md, which come to 22 19 20 16 13 10."""

VALUES = KpiValues(
    name="Pendapatan penjualan",
    measure=MeasureKind.VALUE,
    aggregation=Aggregation.SUM,
    method=Method.HIGHER,
    source_kind=SourceKind.SYSTEM_OF_RECORD,
    source="ERP",
    frequency=Frequency.MONTHLY,
    unit_of_measure="Rp juta",
    target=Decimal(1200),
)
RATIO_VALUES = replace(
    VALUES,
    name="Tingkat konversi",
    measure=MeasureKind.RATIO,
    aggregation=None,
    method=Method.RANGE,
    numerator=(Term("menang"),),
    denominator=(Term("prospek"),),
    scale=Decimal(100),
    unit_of_measure="%",
    target=None,
    low=Decimal(18),
    high=Decimal(25),
)


def open_cycle(session: Session, hr: Actor, code: str = "2026", *, asks_agreement: bool = False) -> Cycle:
    """A cycle of twelve months with the default policy, but for agreement unless a test is about that."""
    year = int(code)
    policy = PolicyValues(asks_agreement=asks_agreement)
    values = CycleValues(code, f"Kinerja {code}", date(year, 1, 1), date(year, 12, 31), policy=policy)
    return cycles.open_cycle(session, hr, values=values)


def start(session: Session, hr: Actor, person: Person, cycle: Cycle) -> Plan:
    """An empty draft."""
    return start_plan(session, hr, person_id=person.id, cycle_id=cycle.id)


def add_objective(session: Session, hr: Actor, plan: Plan, title: str = "Menaikkan penjualan") -> Objective:
    """One more objective."""
    return put_objective(session, hr, plan_id=plan.id, version=plan.version, values=ObjectiveValues(title))


def add_kpi(session: Session, hr: Actor, plan: Plan, objective: Objective, values: KpiValues = VALUES) -> Kpi:
    """One more KPI of an objective."""
    return put_kpi(session, hr, plan_id=plan.id, version=plan.version, objective_id=objective.id, values=values)


def rate(session: Session, hr: Actor, plan: Plan, ratings: Sequence[tuple[int, int, int]] = EXAMPLE_RATINGS) -> None:
    """Rate the KPIs in their order."""
    pairs = zip(kpis_of(plan), ratings, strict=True)
    given = {kpi.id: KpiRatings(*three) for kpi, three in pairs}
    rate_kpis(session, hr, plan_id=plan.id, version=plan.version, ratings=given)


def make_draft(
    session: Session, hr: Actor, person: Person, cycle: Cycle, values: Sequence[KpiValues] = (VALUES,) * 6
) -> Plan:
    """A complete draft: five objectives, six KPIs rated like the worked example, the last two in one objective."""
    plan = start(session, hr, person, cycle)
    objectives = [add_objective(session, hr, plan, f"Sasaran {number}") for number in range(1, 6)]
    for number, each in enumerate(values):
        add_kpi(session, hr, plan, objectives[min(number, 4)], each)
    if len(values) == len(EXAMPLE_RATINGS):
        rate(session, hr, plan)
    return plan


def make_active(
    session: Session, hr: Actor, person: Person, cycle: Cycle, values: Sequence[KpiValues] = (VALUES,) * 6
) -> Plan:
    """A plan in force."""
    plan = make_draft(session, hr, person, cycle, values)
    return submit_plan(session, hr, plan_id=plan.id, version=plan.version)
