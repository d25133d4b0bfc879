"""Do the weights of a plan always make 100, and is it kept who set them by hand and why?"""

from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Conflict, Invalid, NotFound
from app.models import Cycle, Plan
from app.rules.faults import Fault
from app.rules.vocabulary import WeightingMethod
from app.services.plan_drafts import kpis_of
from app.services.plan_kpis import move_kpi, remove_kpi, remove_objective
from app.services.plan_weights import (
    KpiRatings,
    choose_weighting,
    drop_override,
    is_overridden,
    override_weights,
    rate_kpis,
    type_weights,
)
from app.services.planning import findings, submit_plan
from tests.cast import Cast, actor_of
from tests.factories import make_person
from tests.plans import add_kpi, add_objective, make_draft, open_cycle, rate, start

pytestmark = pytest.mark.database

COMPUTED = [22, 19, 20, 16, 13, 10]
"""The worked example of docs/scoring.md."""


@pytest.fixture
def hr(cast: Cast) -> Actor:
    return actor_of(cast.hana)


@pytest.fixture
def cycle(session: Session, hr: Actor) -> Cycle:
    return open_cycle(session, hr)


@pytest.fixture
def plan(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> Plan:
    return make_draft(session, hr, cast.eli, cycle)


def weights(plan: Plan) -> list[Decimal | None]:
    return [kpi.weight for kpi in kpis_of(plan)]


def typed(plan: Plan, *numbers: str) -> dict[int, Decimal | None]:
    return {kpi.id: Decimal(number) for kpi, number in zip(kpis_of(plan), numbers, strict=True)}


def test_weights_follow_from_ratings(plan: Plan) -> None:
    assert weights(plan) == COMPUTED
    assert [kpi.computed_weight for kpi in kpis_of(plan)] == COMPUTED


def test_weights_wait_until_all_is_rated(session: Session, hr: Actor, plan: Plan) -> None:
    third = kpis_of(plan)[2].id
    rate_kpis(session, hr, plan_id=plan.id, version=plan.version, ratings={third: KpiRatings(4, None, 4)})
    assert weights(plan) == [None] * 6
    assert findings(plan) == [Fault("kpis[2].ratings", "ratings_missing")]


def test_a_removed_kpi_leaves_its_weight_to_the_others(session: Session, hr: Actor, plan: Plan) -> None:
    remove_kpi(session, hr, plan_id=plan.id, version=plan.version, kpi_id=kpis_of(plan)[5].id)
    assert weights(plan) == [25, 21, 22, 18, 14]


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_is_1_to_5(session: Session, hr: Actor, plan: Plan, rating: int) -> None:
    first = kpis_of(plan)[0].id
    with pytest.raises(Invalid) as refused:
        rate_kpis(session, hr, plan_id=plan.id, version=plan.version, ratings={first: KpiRatings(rating, 3, 3)})
    assert refused.value.faults == (Fault(f"priority_{first}", "rating_out_of_range"),)
    assert weights(plan) == COMPUTED


def test_a_kpi_of_another_plan_is_not_rated(session: Session, cast: Cast, cycle: Cycle, hr: Actor, plan: Plan) -> None:
    other = make_draft(session, hr, cast.eva, cycle)
    with pytest.raises(NotFound):
        rate_kpis(
            session,
            hr,
            plan_id=plan.id,
            version=plan.version,
            ratings={kpis_of(other)[0].id: KpiRatings(1, 1, 1)},
        )


def test_too_few_kpis_for_the_ceiling_have_no_weights(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> None:
    plan = start(session, hr, cast.eva, cycle)
    objective = add_objective(session, hr, plan)
    add_kpi(session, hr, plan, objective)
    add_kpi(session, hr, plan, objective)
    rate(session, hr, plan, ((5, 5, 5), (1, 1, 1)))
    assert weights(plan) == [None, None]
    assert "weight_ceiling_impossible" not in [fault.code for fault in findings(plan)]


def test_a_floor_that_cannot_be_kept_is_named(session: Session, cycle: Cycle, hr: Actor, plan: Plan) -> None:
    cycle.weight_floor = Decimal(20)
    rate(session, hr, plan)
    assert weights(plan) == [None] * 6
    assert findings(plan) == [
        Fault("weights", "weight_floor_impossible", {"count": "6", "bound": "20", "reached": "120"})
    ]


# --- Other methods ----------------------------------------------------------------------------------------------------


def choose(session: Session, hr: Actor, plan: Plan, weighting: WeightingMethod) -> None:
    choose_weighting(session, hr, plan_id=plan.id, version=plan.version, weighting=weighting)


def test_an_order_alone_makes_weights(session: Session, hr: Actor, plan: Plan) -> None:
    choose(session, hr, plan, WeightingMethod.RANKED)
    ranked = weights(plan)
    assert sum(weight or 0 for weight in ranked) == 100
    assert ranked == sorted(ranked, key=lambda weight: -(weight or 0))
    move_kpi(session, hr, plan_id=plan.id, version=plan.version, kpi_id=kpis_of(plan)[1].id, up=True)
    assert weights(plan) == ranked
    choose(session, hr, plan, WeightingMethod.COMPUTED)
    assert sum(weight or 0 for weight in weights(plan)) == 100


def test_typed_weights_begin_with_those_that_stand(session: Session, hr: Actor, plan: Plan) -> None:
    choose(session, hr, plan, WeightingMethod.DIRECT)
    assert weights(plan) == COMPUTED
    assert [kpi.computed_weight for kpi in kpis_of(plan)] == [None] * 6


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (("20", "20", "20", "20", "10", "10"), []),
        (("20.5", "19.5", "20", "20", "10", "10"), []),
        (
            ("20", "20", "20", "20", "10", "9.75"),
            [Fault("weights", "weights_missing", {"total": "99.75", "missing": "0.25"})],
        ),
        (
            ("20", "20", "20", "20", "20", "20"),
            [Fault("weights", "weights_too_much", {"total": "120", "excess": "20"})],
        ),
    ],
)
def test_typed_weights_say_how_far_they_are_from_100(
    session: Session, hr: Actor, plan: Plan, numbers: tuple[str, ...], expected: list[Fault]
) -> None:
    choose(session, hr, plan, WeightingMethod.DIRECT)
    type_weights(session, hr, plan_id=plan.id, version=plan.version, weights=typed(plan, *numbers))
    assert weights(plan) == [Decimal(number) for number in numbers]
    assert findings(plan) == expected


def test_a_missing_typed_weight_is_named(session: Session, hr: Actor, plan: Plan) -> None:
    choose(session, hr, plan, WeightingMethod.DIRECT)
    second = kpis_of(plan)[1].id
    type_weights(session, hr, plan_id=plan.id, version=plan.version, weights={second: None})
    assert findings(plan) == [
        Fault("kpis[1].weight", "required"),
        Fault("weights", "weights_missing", {"total": "81", "missing": "19"}),
    ]


@pytest.mark.parametrize(
    ("number", "code"),
    [("0", "not_above_0"), ("-5", "not_above_0"), ("16.667", "more_than_2_decimals"), ("100.01", "too_large")],
)
def test_a_typed_weight_that_cannot_be_is_refused(
    session: Session, hr: Actor, plan: Plan, number: str, code: str
) -> None:
    choose(session, hr, plan, WeightingMethod.DIRECT)
    first = kpis_of(plan)[0].id
    with pytest.raises(Invalid) as refused:
        type_weights(session, hr, plan_id=plan.id, version=plan.version, weights={first: Decimal(number)})
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [(f"weight_{first}", code)]
    assert weights(plan) == COMPUTED


def test_computed_weights_are_not_typed(session: Session, hr: Actor, plan: Plan) -> None:
    with pytest.raises(Conflict) as refused:
        type_weights(session, hr, plan_id=plan.id, version=plan.version, weights={})
    assert refused.value.code == "weights_not_typed"


# --- By hand ----------------------------------------------------------------------------------------------------------


def override(session: Session, hr: Actor, plan: Plan, *numbers: str, reason: str = "Fokus kuartal ini") -> None:
    override_weights(session, hr, plan_id=plan.id, version=plan.version, weights=typed(plan, *numbers), reason=reason)


def test_weights_set_by_hand_keep_the_computed_ones_beside_them(
    session: Session, cast: Cast, hr: Actor, plan: Plan
) -> None:
    override(session, hr, plan, "30", "19", "20", "11", "10", "10")
    assert weights(plan) == [30, 19, 20, 11, 10, 10]
    assert [kpi.computed_weight for kpi in kpis_of(plan)] == COMPUTED
    assert {(kpi.weight_by_id, kpi.weight_reason) for kpi in kpis_of(plan)} == {(cast.hana.id, "Fokus kuartal ini")}
    assert (is_overridden(plan), findings(plan)) == (True, [])


def test_new_ratings_move_only_the_computed_weights(session: Session, hr: Actor, plan: Plan) -> None:
    override(session, hr, plan, "30", "19", "20", "11", "10", "10")
    rate(session, hr, plan, ((3, 3, 3),) * 6)
    assert weights(plan) == [30, 19, 20, 11, 10, 10]
    assert [kpi.computed_weight for kpi in kpis_of(plan)] == [17, 17, 17, 17, 16, 16]
    drop_override(session, hr, plan_id=plan.id, version=plan.version)
    assert weights(plan) == [17, 17, 17, 17, 16, 16]
    assert {(kpi.weight_by_id, kpi.weight_reason) for kpi in kpis_of(plan)} == {(None, "")}


def test_weights_by_hand_are_checked_when_kpis_change(session: Session, hr: Actor, plan: Plan) -> None:
    override(session, hr, plan, "30", "19", "20", "11", "10", "10")
    remove_kpi(session, hr, plan_id=plan.id, version=plan.version, kpi_id=kpis_of(plan)[5].id)
    assert findings(plan) == [Fault("weights", "weights_missing", {"total": "90", "missing": "10"})]
    with pytest.raises(Invalid):
        submit_plan(session, hr, plan_id=plan.id, version=plan.version)


def test_weights_by_hand_need_a_reason_and_make_100(session: Session, hr: Actor, plan: Plan) -> None:
    with pytest.raises(Invalid) as refused:
        override(session, hr, plan, "30", "19", "20", "11", "10", "9", reason=" ")
    assert refused.value.faults == (
        Fault("weights", "weights_missing", {"total": "99", "missing": "1"}),
        Fault("reason", "required"),
    )
    first = kpis_of(plan)[0].id
    with pytest.raises(Invalid) as refused:
        override_weights(
            session, hr, plan_id=plan.id, version=plan.version, weights={first: Decimal(30)}, reason="Fokus"
        )
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [
        (f"weight_{kpi.id}", "required") for kpi in kpis_of(plan)[1:]
    ]
    assert weights(plan) == COMPUTED
    assert not is_overridden(plan)


def test_typed_weights_are_not_set_by_hand_once_more(session: Session, hr: Actor, plan: Plan) -> None:
    choose(session, hr, plan, WeightingMethod.DIRECT)
    with pytest.raises(Conflict) as refused:
        override(session, hr, plan, "30", "19", "20", "11", "10", "10")
    assert refused.value.code == "weights_typed_anyway"


# --- Whatever is done -------------------------------------------------------------------------------------------------

NUMBERS = count(1)
RATINGS = st.integers(1, 5)


def _rate(session: Session, hr: Actor, plan: Plan, data: st.DataObject) -> None:
    kpis = kpis_of(plan)
    three = data.draw(st.tuples(RATINGS, RATINGS, RATINGS))
    if kpis:
        kpi = data.draw(st.sampled_from(kpis))
        rate_kpis(session, hr, plan_id=plan.id, version=plan.version, ratings={kpi.id: KpiRatings(*three)})


def _add(session: Session, hr: Actor, plan: Plan, data: st.DataObject) -> None:
    objective = data.draw(st.sampled_from(plan.objectives)) if plan.objectives else add_objective(session, hr, plan)
    kpi = add_kpi(session, hr, plan, objective)
    three = data.draw(st.tuples(RATINGS, RATINGS, RATINGS))
    rate_kpis(session, hr, plan_id=plan.id, version=plan.version, ratings={kpi.id: KpiRatings(*three)})


def _remove(session: Session, hr: Actor, plan: Plan, data: st.DataObject) -> None:
    if kpis := kpis_of(plan):
        kpi = data.draw(st.sampled_from(kpis))
        remove_kpi(session, hr, plan_id=plan.id, version=plan.version, kpi_id=kpi.id)


def _move(session: Session, hr: Actor, plan: Plan, data: st.DataObject) -> None:
    if kpis := kpis_of(plan):
        kpi, up = data.draw(st.sampled_from(kpis)), data.draw(st.booleans())
        move_kpi(session, hr, plan_id=plan.id, version=plan.version, kpi_id=kpi.id, up=up)


def _drop(session: Session, hr: Actor, plan: Plan, data: st.DataObject) -> None:
    if plan.objectives:
        objective = data.draw(st.sampled_from(plan.objectives))
        remove_objective(session, hr, plan_id=plan.id, version=plan.version, objective_id=objective.id)


ACTS: dict[str, Callable[[Session, Actor, Plan, st.DataObject], None]] = {
    "add": _add,
    "drop": _drop,
    "move": _move,
    "rate": _rate,
    "remove": _remove,
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), acts=st.lists(st.sampled_from(sorted(ACTS)), max_size=14))
def test_whatever_is_done_the_weights_of_rated_kpis_make_100(
    session: Session, cycle: Cycle, hr: Actor, data: st.DataObject, acts: list[str]
) -> None:
    # Hypothesis may end an example in the middle, so that nothing could be cleared away at its end
    number = next(NUMBERS)
    person = make_person(session, f"S{number}", f"Staf{number}")
    plan = make_draft(session, hr, person, cycle)
    for act in acts:
        ACTS[act](session, hr, plan, data)
        kpis = kpis_of(plan)
        # At most 40 each: two cannot make 100; up to 20 with at least 5 each can
        expected = 100 if len(kpis) >= 3 else 0
        assert sum(kpi.weight for kpi in kpis if kpi.weight is not None) == expected
        assert [kpi.place for kpi in kpis] == list(range(1, len(kpis) + 1))
