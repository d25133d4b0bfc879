"""Do weights follow the ratings, add up to exactly 100, and treat every KPI fairly?"""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules.faults import Refused
from app.rules.policy import STEPS, Criteria, Policy
from app.rules.weighting import (
    Rating,
    bounds_fault,
    computed_weights,
    direct_weight_faults,
    ranked_weights,
    raw,
)

OPEN = Policy(weight_floor=Fraction(0), weight_ceiling=Fraction(100))
whole = st.integers(1, 5)
ratings = st.builds(Rating, whole, whole, whole)
plans = st.lists(ratings, min_size=5, max_size=10)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any shares of the criteria, any step, and bounds that 5 to 10 KPIs can keep."""
    first = draw(st.integers(0, 100))
    second = draw(st.integers(0, 100 - first))
    step = draw(st.sampled_from(STEPS))
    return Policy(
        criteria=Criteria(Fraction(first), Fraction(second), Fraction(100 - first - second)),
        weight_step=step,
        weight_floor=draw(st.integers(0, int(10 / step))) * step,
        weight_ceiling=draw(st.integers(int(20 / step), int(100 / step))) * step,
    )


def total(weights: list[Decimal]) -> Decimal:
    return sum(weights, Decimal(0))


def test_the_worked_example() -> None:
    plan = [(5, 4, 5), (4, 4, 4), (4, 5, 4), (3, 3, 5), (3, 2, 3), (2, 1, 4)]
    rated = [Rating(*each) for each in plan]
    assert [raw(each, Policy()) for each in rated] == [Fraction(each, 10) for each in (47, 40, 43, 34, 27, 21)]
    assert computed_weights(rated, Policy()) == [22, 19, 20, 16, 13, 10]


@given(plans, policies())
def test_weights_add_up_to_exactly_100_within_floor_and_ceiling(plan: list[Rating], policy: Policy) -> None:
    weights = computed_weights(plan, policy)
    assert total(weights) == 100
    for weight in weights:
        assert policy.weight_floor <= Fraction(weight) <= policy.weight_ceiling
        assert Fraction(weight) % policy.weight_step == 0


@given(plans, policies(), st.data())
def test_raising_one_rating_lowers_no_weight_of_its_own_and_raises_none_of_the_others(
    plan: list[Rating], policy: Policy, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(plan) - 1))
    name = data.draw(st.sampled_from(["priority", "difficulty", "credibility"]))
    assume(getattr(plan[place], name) < 5)
    higher = replace(plan[place], **{name: getattr(plan[place], name) + 1})
    before = computed_weights(plan, policy)
    after = computed_weights([*plan[:place], higher, *plan[place + 1 :]], policy)
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        assert new >= old if index == place else new <= old


@given(plans, policies())
def test_equal_ratings_weigh_the_same_to_a_step_and_the_earlier_takes_it(plan: list[Rating], policy: Policy) -> None:
    weights = computed_weights(plan, policy)
    for one, first in enumerate(plan):
        for two in range(one + 1, len(plan)):
            if raw(first, policy) == raw(plan[two], policy):
                assert 0 <= Fraction(weights[one] - weights[two]) <= policy.weight_step


@given(plans, policies())
def test_a_higher_raw_figure_never_weighs_less(plan: list[Rating], policy: Policy) -> None:
    weights = computed_weights(plan, policy)
    for one, first in enumerate(plan):
        for two, second in enumerate(plan):
            if raw(first, policy) > raw(second, policy):
                assert weights[one] >= weights[two]


@given(plans, policies(), st.randoms(use_true_random=False))
def test_the_order_of_kpis_decides_ties_and_no_more(plan: list[Rating], policy: Policy, chance: Random) -> None:
    order = list(range(len(plan)))
    chance.shuffle(order)
    weights = computed_weights(plan, policy)
    shuffled = computed_weights([plan[place] for place in order], policy)
    for place, weight in zip(order, shuffled, strict=True):
        assert abs(Fraction(weight - weights[place])) <= policy.weight_step


def given_one_by_one(claims: list[Fraction], policy: Policy) -> list[Fraction]:
    """The same method in its plain form: step after step to the highest claim."""
    step = policy.weight_step
    steps = [int(policy.weight_floor / step)] * len(claims)
    most = int(policy.weight_ceiling / step)
    while sum(steps) < 100 / step:
        takers = [index for index, count in enumerate(steps) if count < most]
        steps[max(takers, key=lambda index: (claims[index] / (2 * steps[index] + 1), -index))] += 1
    return [count * step for count in steps]


@given(plans, policies())
def test_the_short_cut_gives_what_the_plain_method_gives(plan: list[Rating], policy: Policy) -> None:
    assume(policy.weight_step >= Fraction(1, 2))
    expected = given_one_by_one([raw(rating, policy) for rating in plan], policy)
    assert [Fraction(weight) for weight in computed_weights(plan, policy)] == expected


def test_the_short_cut_holds_where_nearly_all_are_at_a_bound() -> None:
    tight = Policy(weight_step=Fraction(1, 2), weight_floor=Fraction(19, 2), weight_ceiling=Fraction(11))
    plan = [Rating(5, 5, 5), *[Rating(1, 1, 1)] * 5, *[Rating(2, 3, 4)] * 4]
    expected = given_one_by_one([raw(rating, tight) for rating in plan], tight)
    assert [Fraction(weight) for weight in computed_weights(plan, tight)] == expected


@pytest.mark.parametrize(
    ("count", "floor", "ceiling", "code", "values"),
    [
        (5, 30, 40, "weight_floor_impossible", {"count": "5", "bound": "30", "reached": "150"}),
        (2, 0, 40, "weight_ceiling_impossible", {"count": "2", "bound": "40", "reached": "80"}),
    ],
)
def test_an_impossible_pair_is_refused_with_the_reason(
    count: int, floor: int, ceiling: int, code: str, values: dict[str, str]
) -> None:
    policy = Policy(weight_floor=Fraction(floor), weight_ceiling=Fraction(ceiling))
    with pytest.raises(Refused) as refusal:
        computed_weights([Rating(3, 3, 3)] * count, policy)
    assert (refusal.value.fault.code, refusal.value.fault.values) == (code, values)


@pytest.mark.parametrize(("count", "floor", "ceiling"), [(5, 20, 20), (3, 0, 100), (20, 5, 40)])
def test_a_pair_that_just_fits_is_kept(count: int, floor: int, ceiling: int) -> None:
    policy = Policy(weight_floor=Fraction(floor), weight_ceiling=Fraction(ceiling))
    assert bounds_fault(count, policy) is None
    assert total(computed_weights([Rating(5, 1, 3)] * count, policy)) == 100


@pytest.mark.parametrize(
    ("count", "weights"),
    [
        (1, [100]),
        (2, [75, 25]),
        (5, [45, 26, 16, 9, 4]),
    ],
)
def test_ranked_weights_are_centroids(count: int, weights: list[int]) -> None:
    assert ranked_weights(count, OPEN) == weights


@given(st.integers(5, 10), policies())
def test_ranked_weights_add_up_and_fall(count: int, policy: Policy) -> None:
    weights = ranked_weights(count, policy)
    assert total(weights) == 100
    assert all(first >= second for first, second in pairwise(weights))


@pytest.mark.parametrize(
    ("weights", "faults"),
    [
        (["40", "60"], []),
        (["33.33", "33.33", "33.34"], []),
        (["1e1", "90.000"], []),
        (["0", "100"], [("[0].weight", "not_above_0", {})]),
        (["-5", "105"], [("[0].weight", "not_above_0", {})]),
        (
            ["33.333", "66.667"],
            [("[0].weight", "more_than_2_decimals", {}), ("[1].weight", "more_than_2_decimals", {})],
        ),
        (["40", "50"], [("", "weights_missing", {"total": "90", "missing": "10"})]),
        (["40", "60.01"], [("", "weights_too_much", {"total": "100.01", "excess": "0.01"})]),
    ],
)
def test_typed_weights_say_how_far_they_are_off(
    weights: list[str], faults: list[tuple[str, str, dict[str, str]]]
) -> None:
    found = direct_weight_faults([Decimal(weight) for weight in weights])
    assert [(fault.at, fault.code, dict(fault.values)) for fault in found] == faults
