"""Does the report of recording count what is there, late, changed and looked over, for those whom one may see?"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Person, Plan
from app.rules.data_quality import Tally
from app.rules.entries import Figure
from app.rules.vocabulary import CheckVerdict, Frequency, PlanState
from app.services.actuals import EntryValues, put_entry
from app.services.actuals_grid import GridFilter
from app.services.entry_checks import Finding, check_entry
from app.services.recording_report import RecordingReport, recording_report
from tests.cards import sit
from tests.cast import Cast, actor_of
from tests.factories import make_person
from tests.pages import counted_queries
from tests.teams import make_cycle, make_kpi, make_plan, period_of

pytestmark = pytest.mark.database

IN_TIME, AFTER = date(2026, 2, 7), date(2026, 2, 8)


@pytest.fixture
def plans(session: Session, cast: Cast) -> dict[str, Plan]:
    """Eli has three monthly KPIs and a weekly one; otto, of another team, a quarterly one as well."""
    cycle = make_cycle(session)
    sit(session, cast.eli, cast.eva)
    weekly = make_kpi("Visits", frequency=Frequency.WEEKLY)
    quarterly = make_kpi("Survey", frequency=Frequency.QUARTERLY)
    kpis = [make_kpi("Sales"), make_kpi("Cost"), make_kpi("Audit"), weekly]
    return {
        "eli": make_plan(session, cast.eli, cycle, kpis),
        "otto": make_plan(session, cast.otto, cycle, [make_kpi("Sales"), quarterly]),
    }


def put(session: Session, by: Person, plan: Plan, kpi: int, on: str, value: int = 1, today: date = IN_TIME) -> None:
    values = EntryValues(Figure(Decimal(value)))
    put_entry(session, actor_of(by, today), kpi_id=plan.kpis[kpi].id, on=on, values=values, version=None)


def check(session: Session, by: Person, plan: Plan, kpi: int, on: str, note: str = "") -> None:
    finding = Finding(CheckVerdict.QUESTIONED if note else CheckVerdict.OK, note)
    check_entry(session, actor_of(by), kpi_id=plan.kpis[kpi].id, on=on, version=None, finding=finding)


def report(
    session: Session, actor: Actor, plan: Plan, code: str = "2026-01", wanted: GridFilter | None = None
) -> RecordingReport:
    return recording_report(session, actor, period=period_of(plan.cycle, code), wanted=wanted)


def shown(found: RecordingReport) -> Sequence[tuple[str, str, Tally]]:
    return [(row.name, row.unit, row.tally) for row in found.rows]


def test_everything_is_counted_once(session: Session, cast: Cast, plans: dict[str, Plan]) -> None:
    eli = plans["eli"]
    put(session, cast.mona, eli, 0, "2026-01")
    put(session, cast.mona, eli, 0, "2026-01", 2)
    put(session, cast.mona, eli, 1, "2026-01", today=AFTER)
    put(session, cast.mona, eli, 3, "2026-01-04", today=date(2026, 1, 5))
    put(session, cast.mona, eli, 3, "2026-01-11", today=date(2026, 1, 30))
    check(session, cast.hana, eli, 0, "2026-01")
    check(session, cast.hana, eli, 1, "2026-01", "Dari mana?")
    put(session, cast.mona, eli, 0, "2026-02", today=date(2026, 2, 28))  # belongs to February
    # The weeks to the 18th and 25th of January lack, and Audit
    expected = Tally(there=4, lacking=3, missing=3, late=2, changed=1, verified=1, questioned=1)
    found = report(session, actor_of(cast.mona, AFTER), eli)
    assert (shown(found), found.total, found.whole) == ([("Eli Effendi", "Penjualan", expected)], 1, expected)
    assert found.whole.due == 7
    # A day before the figures of the month are still in time; those of the weeks are not
    assert report(session, actor_of(cast.mona, IN_TIME), eli).whole.missing == 2


def test_a_figure_for_the_month_stands_for_its_weeks(session: Session, cast: Cast, plans: dict[str, Plan]) -> None:
    put(session, cast.mona, plans["eli"], 3, "2026-01")
    assert report(session, actor_of(cast.mona, AFTER), plans["eli"]).whole == Tally(there=1, lacking=3, missing=3)


def test_those_who_lack_most_come_first_and_everybody_sees_their_own(
    session: Session, cast: Cast, plans: dict[str, Plan]
) -> None:
    otto = plans["otto"]

    def names(by: Person, wanted: GridFilter | None = None, code: str = "2026-01") -> list[str]:
        return [row.name for row in report(session, actor_of(by, AFTER), otto, code, wanted).rows]

    assert names(cast.hana) == names(cast.root) == names(cast.audi) == ["Eli Effendi", "Otto Oktavian"]
    assert names(cast.mona) == ["Eli Effendi"]
    assert names(cast.omar) == ["Otto Oktavian"]
    assert names(cast.eli) == names(cast.otto) == []
    for place in range(3):
        put(session, cast.mona, plans["eli"], place, "2026-01")
    put(session, cast.mona, plans["eli"], 3, "2026-01")
    assert names(cast.hana) == ["Otto Oktavian", "Eli Effendi"]
    unit_id = cast.eli.placements[0].unit_id
    assert names(cast.hana, GridFilter(unit_id=unit_id)) == ["Eli Effendi"]
    assert names(cast.hana, GridFilter(manager="omar")) == ["Otto Oktavian"]
    assert names(cast.hana, GridFilter(search="eli 4")) == ["Eli Effendi"]
    assert names(cast.hana, GridFilter(search="eva")) == []
    assert report(session, actor_of(cast.hana, AFTER), otto, "2026-03").whole.due == 3 + 5 + 2


def test_pages_are_parts_of_the_whole(session: Session, cast: Cast, plans: dict[str, Plan]) -> None:
    hana, january = actor_of(cast.hana, AFTER), period_of(plans["eli"].cycle, "2026-01")
    first = recording_report(session, hana, period=january, limit=1)
    second = recording_report(session, hana, period=january, offset=1, limit=1)
    every = recording_report(session, hana, period=january, limit=None)
    assert [*first.rows, *second.rows] == list(every.rows)
    assert (first.total, second.total) == (2, 2)
    assert first.whole == second.whole == every.whole == Tally(lacking=8, missing=8)


def test_each_version_of_a_plan_counts_for_its_days(session: Session, cast: Cast, plans: dict[str, Plan]) -> None:
    before = plans["eli"]
    before.state, before.ends_on, before.version_number = PlanState.REPLACED, date(2026, 1, 14), 3
    session.flush()
    kpis = [make_kpi("Sales"), make_kpi("Visits", frequency=Frequency.WEEKLY)]
    after = make_plan(session, cast.eli, before.cycle, kpis)
    after.version_number, after.starts_on = 4, date(2026, 1, 15)
    session.flush()
    # Weeks to the 4th and 11th before, the month and the weeks to the 18th and 25th after
    assert report(session, actor_of(cast.mona, AFTER), after).whole == Tally(lacking=5, missing=5)
    after.starts_on = before.starts_on
    session.flush()
    assert report(session, actor_of(cast.mona, AFTER), after).whole == Tally(lacking=5, missing=5)


def test_as_many_selects_for_many_as_for_one(session: Session, cast: Cast, plans: dict[str, Plan]) -> None:
    hana = actor_of(cast.hana, AFTER)
    january = period_of(plans["eli"].cycle, "2026-01")
    recording_report(session, hana, period=january)
    with counted_queries(session) as few:
        recording_report(session, hana, period=january)
    for number in range(8):
        person = make_person(session, f"7{number}", f"Tim{number} Besar", manager=cast.mona)
        plan = make_plan(session, person, january.cycle, [make_kpi("Sales"), make_kpi("Cost")])
        put(session, cast.mona, plan, 0, "2026-01")
        check(session, cast.hana, plan, 0, "2026-01")
    with counted_queries(session) as many:
        assert recording_report(session, hana, period=january).total == 10
    assert len(many) == len(few) <= 8
