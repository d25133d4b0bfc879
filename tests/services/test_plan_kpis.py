"""What is kept of a KPI that is typed, and which values are refused beside which field?"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Invalid, NotFound
from app.models import Cycle, Kpi, KpiDefinition, KpiInput, Plan
from app.rules.aggregation import (
    GrowthMeasure,
    MilestoneMeasure,
    RatingMeasure,
    RatioMeasure,
    Term,
    ValueMeasure,
    YesNoMeasure,
)
from app.rules.methods import Point, Scoring
from app.rules.vocabulary import Aggregation, Beyond, MeasureKind, Method
from app.services.kpi_values import METHODS_OF, KpiValues
from app.services.library import seed_library
from app.services.plan_drafts import kpis_of
from app.services.plan_kpis import (
    ObjectiveValues,
    move_kpi,
    move_objective,
    put_kpi,
    put_objective,
    remove_kpi,
    remove_objective,
)
from app.services.planning import measure_of, scoring_of
from tests.cast import Cast, actor_of
from tests.plans import RATIO_VALUES, VALUES, add_kpi, add_objective, make_draft, open_cycle, start

pytestmark = pytest.mark.database

POINTS = ((Decimal(10), Decimal(50)), (Decimal("20.5"), Decimal(100)))
CURVE = (Point(Fraction(10), Fraction(50)), Point(Fraction(41, 2), Fraction(100)))
EVERYTHING: Mapping[str, Any] = {
    "target": Decimal(80),
    "low": Decimal(18),
    "high": Decimal(25),
    "levels": 5,
    "bands": POINTS,
    "below": Beyond.ZERO,
    "above": Beyond.CLAMP,
    "numerator": (Term("hasil"), Term("biaya", -1)),
    "denominator": (Term("biaya"),),
    "scale": Decimal(100),
    "milestones": (("Rancangan", Decimal("33.33")), ("Selesai", Decimal("66.67"))),
}
"""Whatever may be left in the fields of a form after the measure or the method was changed."""


@pytest.fixture
def hr(cast: Cast) -> Actor:
    return actor_of(cast.hana)


@pytest.fixture
def cycle(session: Session, hr: Actor) -> Cycle:
    return open_cycle(session, hr)


@pytest.fixture
def plan(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> Plan:
    plan = start(session, hr, cast.eli, cycle)
    add_objective(session, hr, plan)
    return plan


def refusal(session: Session, hr: Actor, plan: Plan, values: KpiValues) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        add_kpi(session, hr, plan, plan.objectives[0], values)
    assert kpis_of(plan) == []
    return [(fault.at, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Method.HIGHER, {"target": Fraction(80)}),
        (Method.LOWER, {"target": Fraction(80)}),
        (Method.LOWER_INVERSE, {"target": Fraction(80)}),
        (Method.EXACT, {"target": Fraction(80)}),
        (Method.RANGE, {"low": Fraction(18), "high": Fraction(25)}),
        (Method.POINTS, {"points": CURVE, "below": Beyond.ZERO}),
        (Method.STEPS, {"steps": CURVE}),
    ],
)
def test_every_method_keeps_what_it_is_set_up_with(
    session: Session, hr: Actor, plan: Plan, method: Method, expected: Mapping[str, Any]
) -> None:
    kpi = add_kpi(session, hr, plan, plan.objectives[0], replace(VALUES, **EVERYTHING, method=method))
    session.expire_all()
    assert scoring_of(kpi) == Scoring(method, **expected)
    assert measure_of(kpi) == ValueMeasure(Aggregation.SUM)


@pytest.mark.parametrize(
    ("measure", "method", "expected", "scoring"),
    [
        (MeasureKind.GROWTH, Method.HIGHER, GrowthMeasure(Fraction(40)), {"target": Fraction(80)}),
        (
            MeasureKind.RATIO,
            Method.LOWER,
            RatioMeasure((Term("hasil"), Term("biaya", -1)), (Term("biaya"),), Fraction(100)),
            {"target": Fraction(80)},
        ),
        (
            MeasureKind.MILESTONE,
            Method.MILESTONE,
            MilestoneMeasure({"Rancangan": Fraction(3333, 100), "Selesai": Fraction(6667, 100)}),
            {},
        ),
        (MeasureKind.YES_NO, Method.YES_NO, YesNoMeasure(), {}),
        (MeasureKind.RATING, Method.RATING, RatingMeasure(Aggregation.AVERAGE), {"levels": 5}),
    ],
)
def test_every_measure_keeps_what_it_is_set_up_with(
    session: Session,
    hr: Actor,
    plan: Plan,
    measure: MeasureKind,
    method: Method,
    expected: object,
    scoring: Mapping[str, Any],
) -> None:
    values = replace(
        VALUES, **EVERYTHING, measure=measure, method=method, baseline=Decimal(40), aggregation=Aggregation.AVERAGE
    )
    kpi = add_kpi(session, hr, plan, plan.objectives[0], values)
    session.expire_all()
    assert (measure_of(kpi), scoring_of(kpi)) == (expected, Scoring(method, **scoring))


def test_what_narrows_the_score_is_kept(session: Session, hr: Actor, plan: Plan) -> None:
    values = replace(VALUES, floor=Decimal(20), cap=Decimal(110), is_target_maximum=True)
    kpi = add_kpi(session, hr, plan, plan.objectives[0], values)
    expected = Scoring(Method.HIGHER, target=Fraction(1200), floor=Fraction(20), cap=Fraction(110), maximum_target=True)
    assert scoring_of(kpi) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "  "}, [("name", "required")]),
        ({"name": "n" * 201, "source": "s" * 301}, [("name", "text_too_long"), ("source", "text_too_long")]),
        ({"name": "Baris\x00"}, [("name", "text_unreadable")]),
        ({"target": Decimal(0)}, [("target", "target_is_0")]),
        ({"target": Decimal(0), "method": Method.LOWER}, [("target", "lower_target_is_0")]),
        ({"target": Decimal(-5), "method": Method.LOWER_INVERSE}, [("target", "not_above_0")]),
        ({"method": Method.RANGE, "low": Decimal(5), "high": Decimal(5)}, [("low", "low_not_below_high")]),
        ({"method": Method.POINTS, "bands": POINTS[:1]}, [("bands", "too_few_points")]),
        ({"method": Method.POINTS, "bands": POINTS[::-1]}, [("bands", "points_not_rising")]),
        ({"method": Method.STEPS, "bands": POINTS[::-1]}, [("bands", "steps_not_rising")]),
        ({"method": Method.STEPS, "bands": POINTS * 13}, [("bands", "too_many_parts")]),
        ({"floor": Decimal(-1), "cap": Decimal(121)}, [("floor", "floor_below_policy"), ("cap", "cap_above_policy")]),
        ({"cap": Decimal(0)}, [("cap", "cap_not_above_floor")]),
        ({"method": Method.YES_NO}, [("method", "method_cannot_score_measure")]),
        ({"aggregation": None}, [("aggregation", "required")]),
        ({"measure": MeasureKind.GROWTH, "baseline": Decimal(0)}, [("baseline", "is_0")]),
        ({"definition_id": 999}, [("definition_id", "definition_unknown")]),
    ],
)
def test_wrong_values_are_refused(
    session: Session, hr: Actor, plan: Plan, changes: Mapping[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refusal(session, hr, plan, replace(VALUES, **changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scale": None}, [("scale", "required")]),
        ({"scale": Decimal(0)}, [("scale", "not_above_0")]),
        ({"numerator": (Term("a"), Term("a", -1))}, [("numerator", "named_twice")]),
        ({"numerator": (Term(""),)}, [("numerator", "name_missing")]),
        ({"denominator": (Term("n" * 61),)}, [("denominator", "text_too_long")]),
        ({"numerator": tuple(Term(f"n{number}") for number in range(25))}, [("numerator", "too_many_parts")]),
    ],
)
def test_wrong_ratios_are_refused(
    session: Session, hr: Actor, plan: Plan, changes: Mapping[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refusal(session, hr, plan, replace(RATIO_VALUES, **changes)) == expected


@pytest.mark.parametrize(
    ("milestones", "expected"),
    [
        ((("A", Decimal(40)), ("B", Decimal(50))), [("milestones", "shares_not_100")]),
        ((("A", Decimal(-10)), ("B", Decimal(110))), [("milestones", "not_above_0")]),
        ((("A", Decimal(50)), ("A", Decimal(50))), [("milestones", "named_twice")]),
        ((("A", Decimal("33.333")), ("B", Decimal("66.667"))), [("milestones", "more_than_2_decimals")]),
    ],
)
def test_wrong_milestones_are_refused(
    session: Session,
    hr: Actor,
    plan: Plan,
    milestones: tuple[tuple[str, Decimal], ...],
    expected: list[tuple[str, str]],
) -> None:
    values = replace(VALUES, measure=MeasureKind.MILESTONE, method=Method.MILESTONE, milestones=milestones)
    assert refusal(session, hr, plan, values) == expected


@pytest.mark.parametrize("levels", [1, 101])
def test_a_rating_has_a_sensible_number_of_levels(session: Session, hr: Actor, plan: Plan, levels: int) -> None:
    values = replace(
        VALUES, measure=MeasureKind.RATING, method=Method.RATING, aggregation=Aggregation.LAST, levels=levels
    )
    assert refusal(session, hr, plan, values) == [("levels", "levels_not_2_to_100")]


@pytest.mark.parametrize("measure", list(MeasureKind))
def test_what_is_merely_missing_may_wait(session: Session, hr: Actor, plan: Plan, measure: MeasureKind) -> None:
    aggregation = Aggregation.LAST if measure in (MeasureKind.VALUE, MeasureKind.RATING) else None
    for method in METHODS_OF[measure]:
        values = replace(
            VALUES, measure=measure, method=method, aggregation=aggregation, target=None, scale=Decimal(100)
        )
        assert add_kpi(session, hr, plan, plan.objectives[0], values).method is method


def test_targets_of_periods_make_the_target(session: Session, cycle: Cycle, hr: Actor, plan: Plan) -> None:
    months = {period.code: Decimal(100) for period in cycle.periods}
    kpi = add_kpi(session, hr, plan, plan.objectives[0], replace(VALUES, period_targets=months))
    assert [(target.period.code, target.target) for target in kpi.period_targets] == list(months.items())
    put_kpi(
        session,
        hr,
        plan_id=plan.id,
        version=plan.version,
        objective_id=plan.objectives[0].id,
        kpi_id=kpi.id,
        values=replace(VALUES, period_targets=months, aggregation=Aggregation.AVERAGE),
    )
    assert kpi.period_targets == []


def test_targets_of_periods_are_complete_and_add_up(session: Session, cycle: Cycle, hr: Actor, plan: Plan) -> None:
    months = {period.code: Decimal(100) for period in cycle.periods[1:]}
    assert refusal(session, hr, plan, replace(VALUES, period_targets={**months, "2031-01": Decimal(1)})) == [
        ("period_targets.2031-01", "period_unknown"),
        ("period_targets.2026-01", "period_target_missing"),
    ]
    values = replace(VALUES, period_targets={**months, "2026-01": Decimal("99.5")})
    assert refusal(session, hr, plan, values) == [("period_targets", "period_targets_not_target")]


def test_a_changed_kpi_keeps_its_code_and_lets_old_parts_go(session: Session, hr: Actor, plan: Plan) -> None:
    kpi = add_kpi(session, hr, plan, plan.objectives[0], RATIO_VALUES)
    for values in (RATIO_VALUES, replace(RATIO_VALUES, numerator=(Term("menang"), Term("batal", -1))), VALUES):
        changed = put_kpi(
            session,
            hr,
            plan_id=plan.id,
            version=plan.version,
            objective_id=plan.objectives[0].id,
            kpi_id=kpi.id,
            values=values,
        )
        assert (changed, changed.code) == (kpi, "K1")
    assert session.scalars(select(KpiInput)).all() == []
    assert (kpi.low, kpi.high, kpi.target) == (None, None, Decimal(1200))


def test_codes_come_from_the_library_or_are_numbered(session: Session, hr: Actor, plan: Plan) -> None:
    seed_library(session)
    session.flush()
    definition_id = session.scalar(select(KpiDefinition.id).where(KpiDefinition.code == "SAL-REV"))
    objective = plan.objectives[0]
    copied = replace(VALUES, definition_id=definition_id)
    made = [add_kpi(session, hr, plan, objective, values) for values in (VALUES, copied, copied, VALUES)]
    assert [kpi.code for kpi in made] == ["K1", "SAL-REV", "SAL-REV-1", "K2"]


# --- Order ------------------------------------------------------------------------------------------------------------


def names(plan: Plan) -> list[list[str]]:
    return [[kpi.name for kpi in objective.kpis] for objective in plan.objectives]


@pytest.fixture
def ordered(session: Session, hr: Actor, plan: Plan) -> Plan:
    first, second = plan.objectives[0], add_objective(session, hr, plan, "Kedua")
    for name, objective in (("a", first), ("c", second), ("d", second), ("b", first)):
        add_kpi(session, hr, plan, objective, replace(VALUES, name=name))
    return plan


def test_kpis_stand_in_the_order_of_their_objectives(ordered: Plan) -> None:
    assert names(ordered) == [["a", "b"], ["c", "d"]]
    assert [(kpi.name, kpi.place) for kpi in kpis_of(ordered)] == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]


@pytest.mark.parametrize(
    ("index", "up", "expected"),
    [
        (1, True, [["b", "a"], ["c", "d"]]),
        (2, True, [["a", "b", "c"], ["d"]]),
        (1, False, [["a"], ["b", "c", "d"]]),
        (0, True, [["a", "b"], ["c", "d"]]),
        (3, False, [["a", "b"], ["c", "d"]]),
    ],
)
def test_a_kpi_moves_one_place(
    session: Session, hr: Actor, ordered: Plan, index: int, up: bool, expected: list[list[str]]
) -> None:
    kpi = kpis_of(ordered)[index]
    move_kpi(session, hr, plan_id=ordered.id, version=ordered.version, kpi_id=kpi.id, up=up)
    session.expire_all()
    assert names(ordered) == expected
    assert [each.place for each in kpis_of(ordered)] == [1, 2, 3, 4]


def test_an_objective_moves_with_its_kpis(session: Session, hr: Actor, ordered: Plan) -> None:
    second = ordered.objectives[1].id
    for up in (True, True):
        move_objective(session, hr, plan_id=ordered.id, version=ordered.version, objective_id=second, up=up)
    session.expire_all()
    assert names(ordered) == [["c", "d"], ["a", "b"]]
    assert [kpi.place for kpi in kpis_of(ordered)] == [1, 2, 3, 4]


def test_a_kpi_can_be_put_under_another_objective(session: Session, hr: Actor, ordered: Plan) -> None:
    kpi, target = kpis_of(ordered)[0], ordered.objectives[1]
    values = replace(VALUES, name="a")
    put_kpi(
        session,
        hr,
        plan_id=ordered.id,
        version=ordered.version,
        objective_id=target.id,
        kpi_id=kpi.id,
        values=values,
    )
    session.expire_all()
    assert names(ordered) == [["b"], ["c", "d", "a"]]


def test_what_is_removed_is_gone_with_its_parts(session: Session, hr: Actor, ordered: Plan) -> None:
    remove_kpi(session, hr, plan_id=ordered.id, version=ordered.version, kpi_id=kpis_of(ordered)[1].id)
    first = ordered.objectives[0].id
    remove_objective(session, hr, plan_id=ordered.id, version=ordered.version, objective_id=first)
    session.expire_all()
    assert names(ordered) == [["c", "d"]]
    assert [(kpi.name, kpi.place) for kpi in session.scalars(select(Kpi).order_by(Kpi.place))] == [("c", 1), ("d", 2)]


def test_an_objective_is_changed(session: Session, hr: Actor, plan: Plan) -> None:
    objective = plan.objectives[0]
    put_objective(
        session,
        hr,
        plan_id=plan.id,
        version=plan.version,
        objective_id=objective.id,
        values=ObjectiveValues("  Pangsa   pasar ", "Jawa\r\nBali "),
    )
    assert (objective.title, objective.description) == ("Pangsa pasar", "Jawa\nBali")
    with pytest.raises(Invalid) as refused:
        put_objective(session, hr, plan_id=plan.id, version=plan.version, values=ObjectiveValues(" ", "b" * 2001))
    assert [(f.at, f.code) for f in refused.value.faults] == [
        ("title", "required"),
        ("description", "text_too_long"),
    ]


def test_parts_of_another_plan_do_not_exist_here(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, plan: Plan
) -> None:
    other = make_draft(session, hr, cast.eva, cycle)
    objective_id, kpi_id = other.objectives[0].id, kpis_of(other)[0].id
    for act in (
        lambda: remove_objective(session, hr, plan_id=plan.id, version=None, objective_id=objective_id),
        lambda: remove_kpi(session, hr, plan_id=plan.id, version=None, kpi_id=kpi_id),
        lambda: move_kpi(session, hr, plan_id=plan.id, version=None, kpi_id=kpi_id, up=True),
        lambda: add_kpi(session, hr, plan, other.objectives[0]),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_draft_does_not_grow_without_end(session: Session, hr: Actor, plan: Plan) -> None:
    for _ in range(20):
        add_kpi(session, hr, plan, plan.objectives[0])
    with pytest.raises(Invalid) as refused:
        add_kpi(session, hr, plan, plan.objectives[0])
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [("", "plan_full")]
