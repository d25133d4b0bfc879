"""Which scorecards do tests begin with? The worked example of one employee, recorded through the services."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.models import Cycle, GradeBand, Kpi, Milestone, Period, Person, Placement, Plan, Position, Unit
from app.rules.entries import Figure
from app.rules.vocabulary import Aggregation, Frequency, MeasureKind, Method, Missing
from app.services.actuals import EntryValues, put_entry
from app.services.appraisals import publish
from app.services.plan_drafts import kpis_of
from tests.cast import Cast, actor_of
from tests.factories import TODAY
from tests.teams import make_cycle, make_kpi, make_plan, period_of

BANDS = (
    ("110", "outstanding", "Outstanding", "Sangat Baik"),
    ("90", "good", "Good", "Baik"),
    ("70", "needs_improvement", "Needs Improvement", "Butuh Perbaikan"),
    ("50", "poor", "Poor", "Kurang"),
    ("0", "very_poor", "Very Poor", "Sangat Kurang"),
)


@dataclass(slots=True)
class Example:
    """The usual people with grades in the cycle, places to sit, and eli's plan in force."""

    cast: Cast
    cycle: Cycle
    plan: Plan
    kpis: Mapping[str, Kpi]

    def period(self, code: str) -> Period:
        """A period of the cycle."""
        return period_of(self.cycle, code)

    def record(  # noqa: PLR0913 - what an entry holds
        self,
        session: Session,
        code: str,
        on: str,
        value: str | None = None,
        *,
        inputs: Mapping[str, str] | None = None,
        reached: tuple[str, ...] = (),
        link: str | None = None,
        today: date = TODAY,
    ) -> None:
        """An entry by mona."""
        figure = Figure(
            None if value is None else Decimal(value),
            {name: Decimal(given) for name, given in (inputs or {}).items()},
            frozenset(reached),
        )
        values = EntryValues(figure, evidence_link=link)
        mona = actor_of(self.cast.mona, today)
        put_entry(session, mona, kpi_id=self.kpis[code].id, on=on, values=values, version=None)

    def record_january(self, session: Session) -> None:
        """The figures of January: two KPIs have none, of which one is due."""
        self.record(session, "SALES", "2026-01", "28", link="https://example.com/erp/1")
        self.record(session, "WON", "2026-01", inputs={"won": "20", "leads": "100"})
        self.record(session, "COST", "2026-01", "5")
        self.record(session, "CRM", "2026-01", reached=("design",))


def add_bands(cycle: Cycle) -> None:
    """The default grades."""
    cycle.bands = [
        GradeBand(lower=Decimal(lower), code=code, name_en=english, name_id=indonesian)
        for lower, code, english, indonesian in BANDS
    ]


def sit(session: Session, *people: Person) -> None:
    """Let the people be account managers of the sales unit since they joined."""
    unit, position = Unit(code="SAL", name="Penjualan"), Position(code="AM", name="Account Manager")
    session.add_all([unit, position])
    for person in people:
        person.placements.append(Placement(unit=unit, position=position, starts_on=person.joined_on))
    session.flush()


def example_kpis() -> list[Kpi]:
    """A KPI of every kind that the worked example needs, with weights that add up to 100."""
    last = Aggregation.LAST
    made = [
        ("30", make_kpi("Sales", target=Decimal(365), unit_of_measure="Rp juta")),
        (
            "20",
            make_kpi(
                "Won",
                MeasureKind.RATIO,
                inputs=("won", "leads"),
                scale=Decimal(100),
                method=Method.RANGE,
                low=Decimal(18),
                high=Decimal(25),
                unit_of_measure="%",
            ),
        ),
        ("20", make_kpi("Cost", aggregation=Aggregation.AVERAGE, method=Method.LOWER, target=Decimal(4))),
        ("10", make_kpi("CRM", MeasureKind.MILESTONE)),
        ("10", make_kpi("Survey", aggregation=last, frequency=Frequency.QUARTERLY, target=Decimal(80))),
        ("10", make_kpi("Audit", MeasureKind.YES_NO)),
    ]
    made[3][1].milestones = [
        Milestone(place=1, name="design", share=Decimal(30)),
        Milestone(place=2, name="roll-out", share=Decimal(70)),
    ]
    for weight, kpi in made:
        kpi.weight = Decimal(weight)
    return [kpi for _, kpi in made]


def make_example(
    session: Session, cast: Cast, *, missing: Missing = Missing.EXCLUDE, kind: Frequency = Frequency.MONTHLY
) -> Example:
    """The worked example, without entries yet."""
    cycle = make_cycle(session, kind=kind)
    cycle.missing = missing
    add_bands(cycle)
    sit(session, cast.mona, cast.eli, cast.eva, cast.hana)
    plan = give_plan(session, cast.eli, cycle)
    return Example(cast, cycle, plan, {kpi.code: kpi for kpi in kpis_of(plan)})


def january_published(session: Session, cast: Cast) -> Example:
    """The worked example whose January is recorded and published."""
    made = make_example(session, cast)
    made.record_january(session)
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=made.period("2026-01").id)
    return made


def give_plan(session: Session, person: Person, cycle: Cycle) -> Plan:
    """The example's plan for somebody else."""
    kpis = example_kpis()
    weights = [kpi.weight for kpi in kpis]
    plan = make_plan(session, person, cycle, kpis)
    for kpi, weight in zip(kpis, weights, strict=True):
        kpi.weight = kpi.computed_weight = weight
    session.flush()
    return plan
