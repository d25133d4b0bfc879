"""Does everybody get a plan in one step who should, nobody twice, and with the targets that the preview showed?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import AuditEntry, Cycle, Person, Placement, Plan, Position, Unit
from app.rules.carry_over import Kept, Meaning, Terms
from app.rules.vocabulary import CycleState, Method, PlanState
from app.services import audit
from app.services.bulk_preview import preview
from app.services.plan_bulk import BulkWish, Outcome, make_plans, recipients
from app.services.plan_drafts import kpis_of
from app.services.planning import findings, submit_plan
from tests.cards import make_example
from tests.cast import Cast, actor_of
from tests.factories import LONG_AGO, NOW
from tests.plans import RATIO_VALUES, VALUES, make_active, open_cycle

pytestmark = pytest.mark.database
MIXED = (
    VALUES,
    replace(VALUES, name="Biaya", method=Method.LOWER, target=Decimal(40)),
    RATIO_VALUES,
    replace(VALUES, name="Kepatuhan", target=Decimal(100), is_target_maximum=True),
    replace(VALUES, name="Baru", target=Decimal(12)),
    replace(VALUES, name="Lama", target=Decimal(6)),
)
HARDER = Terms(Decimal(10))


@pytest.fixture
def hr(cast: Cast) -> Actor:
    return actor_of(cast.hana)


@pytest.fixture
def cycle(session: Session, hr: Actor) -> Cycle:
    return open_cycle(session, hr)


@pytest.fixture
def coming(session: Session, hr: Actor) -> Cycle:
    return open_cycle(session, hr, "2027")


def seat(session: Session, *people: Person, unit: str = "SALES", position: str = "REP") -> tuple[Unit, Position]:
    """Let people sit in a unit on a position."""
    made = Unit(code=unit, name=unit.title()), Position(code=position, name=position.title())
    session.add_all(made)
    session.flush()
    for person in people:
        person.placements.append(Placement(unit_id=made[0].id, position_id=made[1].id, starts_on=LONG_AGO))
    session.flush()
    return made


def outcomes(people: list[object]) -> dict[str, str]:
    return {each.name.split()[0]: each.outcome.value for each in people}  # type: ignore[attr-defined]


def plan_of(session: Session, person: Person, cycle: Cycle) -> Plan:
    return session.scalars(select(Plan).where(Plan.person_id == person.id, Plan.cycle_id == cycle.id)).one()


def targets(plan: Plan) -> list[Decimal | None]:
    return [kpi.target for kpi in kpis_of(plan)]


# --- One plan for many ------------------------------------------------------------------------------------------------


def test_a_plan_is_given_to_a_whole_position(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    _, position = seat(session, cast.eli, cast.eva, cast.hana, cast.gone)
    source = make_active(session, hr, cast.otto, cycle, MIXED)
    existing = make_active(session, hr, cast.eva, cycle)
    wish = BulkWish(cycle.id, source_plan_id=source.id, position_id=position.id)
    made = make_plans(session, hr, wish)
    assert outcomes(list(made)) == {"Eli": "gets_plan", "Eva": "has_plan", "Hana": "own"}
    plan = plan_of(session, cast.eli, cycle)
    assert (plan.state, plan.version_number, plan.starts_on, plan.ends_on) == (
        PlanState.DRAFT,
        1,
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    assert targets(plan) == targets(source)
    assert [kpi.weight for kpi in kpis_of(plan)] == [kpi.weight for kpi in kpis_of(source)]
    assert [kpi.low for kpi in kpis_of(plan)] == [None, None, Decimal(18), None, None, None]
    assert [each.title for each in plan.objectives] == [each.title for each in source.objectives]
    assert findings(plan) == []
    assert plan_of(session, cast.eva, cycle) is existing
    assert submit_plan(session, hr, plan_id=plan.id, version=plan.version).state is PlanState.ACTIVE


def test_done_again_it_makes_nothing_twice(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    source = make_active(session, hr, cast.otto, cycle)
    wish = BulkWish(cycle.id, source_plan_id=source.id)
    first = make_plans(session, hr, wish)
    before = session.scalar(select(func.count(Plan.id)))
    again = make_plans(session, hr, wish)
    assert sum(each.outcome is Outcome.GETS_PLAN for each in first) == 6
    assert sum(each.outcome is Outcome.GETS_PLAN for each in again) == 0
    assert session.scalar(select(func.count(Plan.id))) == before


def test_who_is_left_out_gets_none(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    source = make_active(session, hr, cast.otto, cycle)
    people = frozenset({cast.eli.id, cast.eva.id})
    wish = BulkWish(cycle.id, source_plan_id=source.id, person_ids=people, left_out=frozenset({cast.eva.id}))
    assert outcomes(list(make_plans(session, hr, wish))) == {"Eli": "gets_plan", "Eva": "left_out"}
    assert session.scalars(select(Plan.person_id).where(Plan.person_id.in_(people))).all() == [cast.eli.id]


def test_a_unit_counts_with_those_below_it(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    unit, _ = seat(session, cast.eli)
    team, _ = seat(session, cast.eva, unit="TEAM", position="LEAD")
    team.parent_id = unit.id
    session.flush()
    source = make_active(session, hr, cast.otto, cycle)
    found = recipients(session, hr, BulkWish(cycle.id, source_plan_id=source.id, unit_id=unit.id))
    assert [(each.name, each.unit, each.position) for each in found] == [
        ("Eli Effendi", "Sales", "Rep"),
        ("Eva Elvira", "Team", "Lead"),
    ]


def test_plans_hold_only_while_people_are_employed(session: Session, cast: Cast, coming: Cycle, hr: Actor) -> None:
    cycle = open_cycle(session, hr)
    source = make_active(session, hr, cast.otto, cycle)
    cast.eli.left_on, cast.eva.left_on = date(2027, 6, 30), date(2026, 12, 31)
    session.flush()
    people = frozenset({cast.eli.id, cast.eva.id})
    found = make_plans(session, hr, BulkWish(coming.id, source_plan_id=source.id, person_ids=people))
    assert outcomes(list(found)) == {"Eli": "gets_plan", "Eva": "not_employed"}
    assert plan_of(session, cast.eli, coming).ends_on == date(2027, 6, 30)


# --- Everybody's own plan, carried over -------------------------------------------------------------------------------


def test_last_cycles_plans_are_carried_over_with_harder_targets(
    session: Session, cast: Cast, cycle: Cycle, coming: Cycle, hr: Actor
) -> None:
    own = make_active(session, hr, cast.eli, cycle, MIXED)
    other = make_active(session, hr, cast.otto, cycle)
    wish = BulkWish(coming.id, source_cycle_id=cycle.id, terms=HARDER)
    seen = preview(session, hr, wish, samples=5)
    made = make_plans(session, hr, wish)
    assert {name for name, outcome in outcomes(list(made)).items() if outcome == "gets_plan"} == {"Eli", "Otto"}
    assert seen.counts[Outcome.NO_SOURCE] == 5
    assert seen.kept == {None: 10, Kept.NO_DIRECTION: 1, Kept.AT_MAXIMUM: 1}
    plan = plan_of(session, cast.eli, coming)
    assert targets(plan) == [Decimal(1320), Decimal(36), None, Decimal(100), Decimal("13.2"), Decimal("6.6")]
    assert targets(plan) == [line.after.target for line in seen.samples[0].lines]
    assert targets(own)[0] == Decimal(1200)
    assert [line.before.method for line in seen.examples] == [Method.HIGHER, Method.LOWER]
    assert targets(plan_of(session, cast.otto, coming)) == [Decimal(1320)] * len(kpis_of(other))


def test_a_factor_moves_every_target_alike_and_rounds_on_request(
    session: Session, cast: Cast, cycle: Cycle, coming: Cycle, hr: Actor
) -> None:
    make_active(session, hr, cast.eli, cycle, MIXED)
    terms = Terms(Decimal("7.5"), Meaning.FACTOR, digits=2)
    make_plans(session, hr, BulkWish(coming.id, source_cycle_id=cycle.id, terms=terms))
    plan = plan_of(session, cast.eli, coming)
    assert targets(plan) == [Decimal(1300), Decimal(43), None, Decimal(100), Decimal(13), Decimal("6.5")]
    assert (kpis_of(plan)[2].low, kpis_of(plan)[2].high) == (Decimal(19), Decimal(27))


def test_targets_of_periods_go_to_the_periods_in_the_same_place(
    session: Session, cast: Cast, cycle: Cycle, coming: Cycle, hr: Actor
) -> None:
    months = {f"2026-{month:02}": Decimal(month * 10) for month in range(1, 13)}
    values = replace(VALUES, target=Decimal(780), period_targets=months)
    make_active(session, hr, cast.eli, cycle, [values, *MIXED[1:]])
    make_plans(session, hr, BulkWish(coming.id, source_cycle_id=cycle.id, terms=HARDER))
    kpi = kpis_of(plan_of(session, cast.eli, coming))[0]
    assert kpi.target == Decimal(858)
    assert {each.period.code: each.target for each in kpi.period_targets} == {
        f"2027-{month:02}": Decimal(month * 11) for month in range(1, 13)
    }


def test_the_last_actual_becomes_the_value_before(session: Session, cast: Cast, coming: Cycle, hr: Actor) -> None:
    example = make_example(session, cast)
    example.record_january(session)
    wish = BulkWish(coming.id, source_cycle_id=example.cycle.id, with_actuals=True)
    make_plans(session, hr, wish)
    baselines = {kpi.code: kpi.baseline for kpi in kpis_of(plan_of(session, cast.eli, coming))}
    shown = {
        line.kpi.code: line.actual
        for sample in preview(
            session, hr, replace(wish, cycle_id=open_cycle(session, hr, "2028").id), samples=1
        ).samples
        for line in sample.lines
    }
    assert baselines == shown
    assert baselines["SALES"] is not None


def test_titles_name_the_year_of_the_new_cycle(
    session: Session, cast: Cast, cycle: Cycle, coming: Cycle, hr: Actor
) -> None:
    source = make_active(session, hr, cast.eli, cycle)
    first, second, *_ = source.objectives
    first.title, second.title = "Menaikkan penjualan 2026", "Lebih hemat dari 2025"
    session.flush()
    wish = BulkWish(coming.id, source_cycle_id=cycle.id, renews_years=True)
    (sample,) = preview(session, hr, wish, samples=1).samples
    becomes = ["Menaikkan penjualan 2027", "Lebih hemat dari 2025", "Sasaran 3", "Sasaran 4", "Sasaran 5"]
    assert [title for _, title in sample.titles] == becomes
    make_plans(session, hr, wish)
    assert [each.title for each in plan_of(session, cast.eli, coming).objectives] == becomes
    assert first.title == "Menaikkan penjualan 2026"
    later = open_cycle(session, hr, "2028")
    make_plans(session, hr, BulkWish(later.id, source_cycle_id=cycle.id, titles={second.id: "Lebih hemat"}))
    made = [each.title for each in plan_of(session, cast.eli, later).objectives]
    assert made[:2] == ["Menaikkan penjualan 2026", "Lebih hemat"]
    with pytest.raises(Invalid) as refused:
        make_plans(session, hr, BulkWish(later.id, source_cycle_id=cycle.id, titles={second.id: " "}))
    assert [fault.at for fault in refused.value.faults] == [f"title_{second.id}"]


# --- Who may, and what is refused -------------------------------------------------------------------------------------


def test_a_manager_does_it_for_those_below_alone(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    source = make_active(session, hr, cast.eli, cycle)
    found = make_plans(session, actor_of(cast.mona), BulkWish(cycle.id, source_plan_id=source.id))
    assert outcomes(list(found)) == {"Eli": "has_plan", "Eva": "gets_plan", "Mona": "own"}


@pytest.mark.parametrize("name", ["eli", "otto", "audi"])
def test_nobody_else_does(session: Session, cast: Cast, cycle: Cycle, hr: Actor, name: str) -> None:
    source = make_active(session, hr, cast.eli, cycle)
    with pytest.raises(NotAllowed):
        make_plans(session, actor_of(getattr(cast, name)), BulkWish(cycle.id, source_plan_id=source.id))


def test_a_plan_that_one_may_not_see_is_no_source(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    source = make_active(session, hr, cast.otto, cycle)
    with pytest.raises(NotFound):
        make_plans(session, actor_of(cast.mona), BulkWish(cycle.id, source_plan_id=source.id))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"source_cycle_id": None}, ("source_plan", "one_source_needed")),
        ({"terms": Terms(Decimal(91))}, ("percent", "too_large")),
        ({"terms": Terms(Decimal(-91))}, ("percent", "too_small")),
        ({"terms": Terms(Decimal("1.234"))}, ("percent", "more_than_2_decimals")),
        ({"terms": Terms(digits=9)}, ("digits", "choice_unknown")),
        ({"source_cycle_id": 999_999}, ("source_cycle", "choice_unknown")),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, cycle: Cycle, coming: Cycle, hr: Actor, change: dict[str, object], fault: tuple[str, str]
) -> None:
    wish = replace(BulkWish(coming.id, source_cycle_id=cycle.id), **change)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        recipients(session, hr, wish)
    assert [(each.at, each.code) for each in refused.value.faults] == [fault]


def test_a_cycle_does_not_follow_itself_and_a_closed_one_takes_no_plans(
    session: Session, cycle: Cycle, coming: Cycle, hr: Actor
) -> None:
    with pytest.raises(Invalid, match="invalid"):
        recipients(session, hr, BulkWish(cycle.id, source_cycle_id=cycle.id))
    coming.state = CycleState.CLOSED
    with pytest.raises(Conflict, match="cycle_closed"):
        make_plans(session, hr, BulkWish(coming.id, source_cycle_id=cycle.id))


def test_each_plan_is_on_record(session: Session, cast: Cast, cycle: Cycle, coming: Cycle, hr: Actor) -> None:
    source = make_active(session, hr, cast.eli, cycle)
    make_plans(session, hr, BulkWish(coming.id, source_cycle_id=cycle.id, terms=HARDER))
    plan = plan_of(session, cast.eli, coming)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "plan.carried")).one()
    assert (entry.object_id, entry.subject_id, entry.actor_id) == (plan.id, cast.eli.id, hr.person_id)
    assert f'"source":{source.id}' in entry.details
    assert '"percent":"10"' in entry.details
    assert audit.verify(session) is None


def test_the_number_of_questions_does_not_grow_with_the_people(
    session: Session, cast: Cast, cycle: Cycle, coming: Cycle, hr: Actor
) -> None:
    source = make_active(session, hr, cast.otto, cycle, MIXED)
    later = open_cycle(session, hr, "2028")

    def asked(wish: BulkWish) -> int:
        count = 0

        def note(_one: object, _two: object, statement: str, *_: object) -> None:
            nonlocal count
            count += statement.startswith(("SELECT", "WITH"))

        session.flush()
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        make_plans(session, hr, wish)
        event.remove(connection, "before_cursor_execute", note)
        return count

    few = asked(BulkWish(coming.id, source_plan_id=source.id, person_ids=frozenset({cast.eli.id})))
    session.add_all(
        [Person(number=f"N{number}", name=f"Baru {number}", joined_on=LONG_AGO, changed_at=NOW) for number in range(40)]
    )
    many = asked(BulkWish(later.id, source_plan_id=source.id))
    assert many == few
