"""Is every missing figure found, and none that is not due or already there?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.models import Cycle, Entry, Kpi, Plan
from app.rules.vocabulary import Frequency, PlanState, SourceKind
from app.services import cycles
from app.services.gaps import gaps_of
from tests.cast import Cast, actor_of
from tests.factories import NOW
from tests.teams import make_cycle, make_kpi, make_plan, period_of


@pytest.fixture
def cycle(session: Session) -> Cycle:
    return make_cycle(session)


def kpi(name: str, frequency: Frequency) -> Kpi:
    made = make_kpi(name)
    made.frequency = frequency
    return made


def record(session: Session, cast: Cast, kpi: Kpi, on: str, first: date, last: date) -> None:
    session.add(
        Entry(
            kpi_id=kpi.id, on=on, starts_on=first, ends_on=last, value=Decimal(1),
            source_kind=SourceKind.SYSTEM_OF_RECORD, recorded_at=NOW, recorded_by_id=cast.mona.id,
        )
    )  # fmt: skip
    session.flush()


def gaps(session: Session, cycle: Cycle, code: str) -> list[tuple[str, str, tuple[str, ...]]]:
    found = gaps_of(session, period_of(cycle, code))
    return [(gap.person_name.split()[0], gap.kpi_name, gap.missing) for gap in found]


def plan_of(session: Session, cast: Cast, cycle: Cycle) -> tuple[Plan, Kpi, Kpi]:
    monthly, quarterly = kpi("Bulanan", Frequency.MONTHLY), kpi("Triwulanan", Frequency.QUARTERLY)
    return make_plan(session, cast.eli, cycle, [monthly, quarterly]), monthly, quarterly


def test_what_is_due_and_not_there_is_a_gap(session: Session, cast: Cast, cycle: Cycle) -> None:
    _, monthly, quarterly = plan_of(session, cast, cycle)
    assert gaps(session, cycle, "2026-02") == [("Eli", "Bulanan", ("2026-02",))]
    assert gaps(session, cycle, "2026-03") == [
        ("Eli", "Bulanan", ("2026-03",)),
        ("Eli", "Triwulanan", ("2026-Q1",)),
    ]
    record(session, cast, monthly, "2026-03", date(2026, 3, 1), date(2026, 3, 31))
    record(session, cast, quarterly, "2026-Q1", date(2026, 1, 1), date(2026, 3, 31))
    assert gaps(session, cycle, "2026-03") == []
    assert gaps(session, cycle, "2026-02") == [("Eli", "Bulanan", ("2026-02",))]


def test_a_day_of_the_span_fills_it(session: Session, cast: Cast, cycle: Cycle) -> None:
    _, monthly, _ = plan_of(session, cast, cycle)
    record(session, cast, monthly, "2026-02-10", date(2026, 2, 10), date(2026, 2, 10))
    assert gaps(session, cycle, "2026-02") == []


def test_a_plan_that_begins_later_or_is_a_draft_owes_nothing(session: Session, cast: Cast, cycle: Cycle) -> None:
    plan, _, _ = plan_of(session, cast, cycle)
    plan.starts_on = date(2026, 3, 1)
    session.flush()
    assert gaps(session, cycle, "2026-02") == []
    assert gaps(session, cycle, "2026-04") == [("Eli", "Bulanan", ("2026-04",))]
    plan.state = PlanState.DRAFT
    session.flush()
    assert gaps(session, cycle, "2026-04") == []


def test_gaps_are_shown_to_those_who_see_the_entries(session: Session, cast: Cast, cycle: Cycle) -> None:
    plan_of(session, cast, cycle)
    make_plan(session, cast.otto, cycle, [kpi("Lain", Frequency.MONTHLY)])
    period = period_of(cycle, "2026-01")
    seen = {}
    for person in (cast.root, cast.mona, cast.omar, cast.eli, cast.eva, cast.hana, cast.audi):
        found = cycles.list_gaps(session, actor_of(person), period=period)
        seen[person.name.split()[0]] = [gap.person_name.split()[0] for gap in found]
    assert seen == {
        "Root": ["Eli", "Otto"],
        "Mona": ["Eli"],
        "Omar": ["Otto"],
        "Eli": ["Eli"],
        "Eva": [],
        "Hana": ["Eli", "Otto"],
        "Audi": ["Eli", "Otto"],
    }
