"""Does a plan come to the right total, with and without data, and can it be asked backwards?"""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.numbers import shown
from app.rules.policy import GradeBand, Policy
from app.rules.scoring import (
    Kpi,
    Need,
    Scoring,
    Span,
    limits,
    missing_faults,
    over_segments,
    score_card,
    what_is_needed,
    with_behaviour,
)
from app.rules.vocabulary import Method, Missing
from tests.rules.strategies import numbers, scorings

POLICY = Policy(weight_floor=Fraction(0), weight_ceiling=Fraction(100))
RULES = [Missing.EXCLUDE, Missing.ZERO, Missing.BLOCK]


def higher(code: str, weight: str, actual: str | None) -> Kpi:
    """A KPI with the target 100, so that its actual is its achievement."""
    scoring = Scoring(Method.HIGHER, target=Fraction(100))
    return Kpi(code, Decimal(weight), scoring, None if actual is None else Fraction(actual))


def under(missing: Missing) -> Policy:
    return replace(POLICY, missing=missing)


def test_the_example_of_two_kpis() -> None:
    two = [
        Kpi("K1", Decimal(40), Scoring(Method.HIGHER, target=Fraction(120)), Fraction("135.5")),
        Kpi("K2", Decimal(60), Scoring(Method.RANGE, low=Fraction(18), high=Fraction(25)), Fraction(20)),
    ]
    bands = (GradeBand(Fraction(90), "A"), GradeBand(Fraction(0), "B"))
    result = score_card(replace(POLICY, grades=bands), two)
    assert (result.total, result.grade, result.coverage) == (Decimal("105.17"), "A", Decimal("100.00"))
    assert result.exact_total == Fraction(631, 6)
    assert [(kpi.code, kpi.weight, kpi.contribution) for kpi in result.kpis] == [
        ("K1", Decimal(40), Decimal("45.17")),
        ("K2", Decimal(60), Decimal("60.00")),
    ]
    assert [kpi.achievement for kpi in result.kpis] == [Fraction(1355, 12), 100]


THREE = [higher("A", "50", "80"), higher("B", "30", None), higher("C", "20", "110")]


@pytest.mark.parametrize(
    ("missing", "total", "contributions"),
    [
        (Missing.EXCLUDE, "88.57", ["57.14", None, "31.43"]),
        (Missing.BLOCK, "88.57", ["57.14", None, "31.43"]),
        (Missing.ZERO, "62.00", ["40.00", None, "22.00"]),
    ],
)
def test_missing_is_excluded_or_zero_as_the_policy_says(
    missing: Missing, total: str, contributions: list[str | None]
) -> None:
    result = score_card(under(missing), THREE)
    assert str(result.total) == total
    assert [kpi.contribution and str(kpi.contribution) for kpi in result.kpis] == contributions
    assert str(result.coverage) == "70.00"


def test_zero_is_zero_even_above_a_floor() -> None:
    result = score_card(replace(under(Missing.ZERO), floor=Fraction(50)), THREE)
    assert str(result.total) == "62.00"


def test_not_due_yet_is_left_out_even_where_missing_is_zero() -> None:
    gap = [THREE[0], replace(THREE[1], is_left_out=True), THREE[2]]
    result = score_card(under(Missing.ZERO), gap)
    assert (str(result.total), str(result.coverage)) == ("88.57", "70.00")


def test_missing_blocks_where_the_policy_says_so() -> None:
    assert [(fault.at, fault.code) for fault in missing_faults(under(Missing.BLOCK), THREE)] == [
        ("kpis[1].entries", "missing_blocks")
    ]
    assert missing_faults(under(Missing.BLOCK), [replace(kpi, is_left_out=True) for kpi in THREE]) == []
    assert missing_faults(under(Missing.EXCLUDE), THREE) == []
    assert missing_faults(under(Missing.ZERO), THREE) == []


@pytest.mark.parametrize("missing", RULES)
def test_without_any_data_there_is_neither_total_nor_grade(missing: Missing) -> None:
    result = score_card(under(missing), [higher("A", "40", None), higher("B", "60", None)])
    assert (result.total, result.exact_total, result.grade, str(result.coverage)) == (None, None, None, "0.00")
    assert [(kpi.actual, kpi.uncapped, kpi.achievement, kpi.contribution) for kpi in result.kpis] == [(None,) * 4] * 2


def test_data_that_weigh_nothing_make_no_total() -> None:
    result = score_card(POLICY, [higher("A", "0", "90"), higher("B", "100", None)])
    assert (result.total, result.grade) == (None, None)
    assert result.kpis[0].contribution == 0
    as_zero = score_card(under(Missing.ZERO), [higher("A", "0", "90"), higher("B", "100", None)])
    assert (str(as_zero.total), as_zero.grade) == ("0.00", "very_poor")


def test_the_grade_is_that_of_the_shown_total() -> None:
    assert score_card(POLICY, [higher("A", "100", "89.995")]).grade == "good"
    assert score_card(POLICY, [higher("A", "100", "89.994")]).grade == "needs_improvement"


def _plan(kpis: list[tuple[Scoring, Fraction | None]], weights: list[int]) -> list[Kpi]:
    """KPIs with these shares of the weight, as near as whole cents allow."""
    shares = weights[: len(kpis)]
    cents = [max(10_000 * share // sum(shares), 1) for share in shares]
    cents[0] += 10_000 - sum(cents)
    return [
        Kpi(f"K{place}", Decimal(cents[place]) / 100, scoring, actual) for place, (scoring, actual) in enumerate(kpis)
    ]


actuals = st.none() | st.builds(abs, numbers)
plans = st.builds(
    _plan,
    st.lists(st.tuples(scorings, actuals), min_size=1, max_size=5),
    st.lists(st.integers(1, 40), min_size=5, max_size=5),
)
"""KPIs of any method whose weights add up to 100, some of them without data."""


@given(plans, st.sampled_from(RULES))
def test_printed_contributions_add_up_to_the_printed_total(kpis: list[Kpi], missing: Missing) -> None:
    result = score_card(under(missing), kpis)
    printed = [kpi.contribution for kpi in result.kpis if kpi.contribution is not None]
    assert sum(printed, Decimal(0)) == (result.total or 0)
    counted = sum(kpi.weight for kpi in kpis if kpi.actual is not None or missing is Missing.ZERO)
    for kpi in result.kpis:
        if kpi.achievement is not None and kpi.contribution is not None:
            exact = Fraction(kpi.weight) * kpi.achievement / Fraction(counted)
            assert abs(Fraction(kpi.contribution) - exact) < Fraction(1, 100)


@given(plans, st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_the_order_of_kpis_leaves_total_and_achievements(kpis: list[Kpi], missing: Missing, chance: Random) -> None:
    shuffled = kpis[:]
    chance.shuffle(shuffled)
    one, two = score_card(under(missing), kpis), score_card(under(missing), shuffled)
    assert (one.total, one.exact_total, one.grade, one.coverage) == (
        two.total,
        two.exact_total,
        two.grade,
        two.coverage,
    )
    assert {kpi.code: kpi.achievement for kpi in one.kpis} == {kpi.code: kpi.achievement for kpi in two.kpis}


@given(plans, st.sampled_from(RULES), st.data())
def test_a_kpi_in_two_halves_leaves_the_total(kpis: list[Kpi], missing: Missing, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(kpis) - 1))
    half = replace(kpis[place], weight=kpis[place].weight / 2)
    halves = [*kpis[:place], half, replace(half, code="other half"), *kpis[place + 1 :]]
    one, two = score_card(under(missing), kpis), score_card(under(missing), halves)
    assert replace(one, kpis=()) == replace(two, kpis=())


@given(plans, st.sampled_from(RULES))
def test_the_total_lies_between_floor_and_cap(kpis: list[Kpi], missing: Missing) -> None:
    total = score_card(under(missing), kpis).exact_total
    assert total is None or POLICY.floor <= total <= POLICY.cap


@given(plans, st.sampled_from(RULES))
def test_scoring_again_gives_the_same(kpis: list[Kpi], missing: Missing) -> None:
    assert score_card(under(missing), kpis) == score_card(under(missing), kpis)


@given(plans, st.sampled_from(RULES), st.data())
def test_what_is_needed_brings_the_total_and_less_does_not(
    kpis: list[Kpi], missing: Missing, data: st.DataObject
) -> None:
    policy = under(missing)
    place = data.draw(st.integers(0, len(kpis) - 1))
    total = Fraction(data.draw(st.integers(0, 130)))
    need = what_is_needed(policy, kpis, place, total)
    actual = _in_domain(kpis[place].scoring, abs(data.draw(numbers)))
    reached = score_card(policy, [*kpis[:place], replace(kpis[place], actual=actual), *kpis[place + 1 :]]).exact_total
    spans = need.spans if need else ()
    is_in_a_span = any(
        (span.low is None or actual > span.low or (actual == span.low and not span.low_is_open))
        and (span.high is None or actual < span.high or (actual == span.high and not span.high_is_open))
        for span in spans
    )
    assert reached is not None
    assert is_in_a_span == (reached >= total)


def _in_domain(scoring: Scoring, number: Fraction) -> Fraction:
    """An actual that the measure of the method can have."""
    match scoring.method:
        case Method.MILESTONE:
            return min(number % 101, Fraction(100))
        case Method.RATING:
            return min(1 + number % (scoring.levels or 1), Fraction(scoring.levels or 1))
        case Method.YES_NO:
            return number // 1 % 2 * Fraction(1)
        case _:
            return number


def test_what_is_needed_says_when_nothing_is_enough() -> None:
    two = [higher("A", "50", None), higher("B", "50", "80")]
    need = what_is_needed(POLICY, two, 0, Fraction(90))
    assert need is not None
    assert need == Need(Fraction(100), (Span(Fraction(100), None),))
    assert what_is_needed(POLICY, two, 0, Fraction(101)) is None
    assert what_is_needed(POLICY, [higher("A", "0", None), higher("B", "100", "80")], 0, Fraction(90)) is None
    no_weight = what_is_needed(POLICY, [higher("A", "0", None), higher("B", "100", "80")], 0, Fraction(70))
    assert no_weight is not None
    assert no_weight.spans == (Span(None, None),)
    assert what_is_needed(POLICY, [higher("A", "0", None)], 0, Fraction(1)) is None


def test_a_kpi_may_narrow_floor_and_cap() -> None:
    narrow = Scoring(Method.HIGHER, target=Fraction(100), floor=Fraction(50), cap=Fraction(110))
    assert list(limits(narrow, POLICY)) == [50, 110]
    assert list(limits(Scoring(Method.HIGHER, target=Fraction(100)), POLICY)) == [0, 120]
    result = score_card(POLICY, [Kpi("A", Decimal(100), narrow, Fraction(20))])
    assert [result.kpis[0].uncapped, result.kpis[0].achievement] == [20, 50]


def test_behaviour_is_mixed_in_by_its_share() -> None:
    assert with_behaviour(Fraction(110), Fraction(80), Fraction(30)) == 101
    assert with_behaviour(Fraction(110), Fraction(80), Fraction(0)) == 110


def test_segments_count_by_their_days() -> None:
    assert over_segments([(Fraction(120), 90), (Fraction(80), 275)]) == Fraction(120 * 90 + 80 * 275, 365)
    assert shown(over_segments([(Fraction(100), 10)])) == 100
