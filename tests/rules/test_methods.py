"""Does every scoring method follow its formula, and refuse the set-ups for which it has none?"""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules.aggregation import (
    GrowthMeasure,
    Measure,
    MilestoneMeasure,
    RatingMeasure,
    RatioMeasure,
    Term,
    ValueMeasure,
    YesNoMeasure,
)
from app.rules.faults import Refused
from app.rules.methods import Point, Scoring, achievement, set_up_faults
from app.rules.policy import Policy
from app.rules.vocabulary import Aggregation, Beyond, Method
from tests.rules.strategies import numbers, positive, scorings, targets

VALUE = ValueMeasure()
FLOOR, CAP = Fraction(0), Fraction(120)
FAR = Fraction(10) ** 12


def points(*pairs: tuple[int, int]) -> tuple[Point, ...]:
    return tuple(Point(Fraction(x), Fraction(score)) for x, score in pairs)


def target(method: Method, value: str) -> Scoring:
    return Scoring(method, target=Fraction(value))


def limited(floor: int | None = None, cap: int | None = None) -> Scoring:
    limits = [None if limit is None else Fraction(limit) for limit in (floor, cap)]
    return Scoring(Method.HIGHER, target=Fraction(1), floor=limits[0], cap=limits[1])


RANGE = Scoring(Method.RANGE, low=Fraction(18), high=Fraction(25))
CURVE = Scoring(Method.POINTS, points=points((0, 20), (50, 80), (100, 100)))
ISLAND = Scoring(Method.POINTS, points=points((0, 20), (50, 80)), below=Beyond.ZERO, above=Beyond.ZERO)
BANDS = Scoring(Method.STEPS, steps=points((10, 50), (20, 100), (30, 80)))
STARS = Scoring(Method.RATING, levels=5)


@pytest.mark.parametrize(
    ("scoring", "actual", "uncapped"),
    [
        (target(Method.HIGHER, "120"), "135.5", "112.9166666666666666666"),
        (target(Method.HIGHER, "-10"), "-5", "150"),
        (target(Method.HIGHER, "-10"), "-20", "0"),
        (target(Method.LOWER, "5"), "4", "120"),
        (target(Method.LOWER, "5"), "10", "0"),
        (target(Method.LOWER, "-10"), "-15", "150"),
        (target(Method.LOWER_INVERSE, "5"), "4", "125"),
        (target(Method.EXACT, "50"), "45", "90"),
        (target(Method.EXACT, "50"), "55", "90"),
        (target(Method.EXACT, "-50"), "-45", "90"),
        (RANGE, "9", "50"),
        (RANGE, "18", "100"),
        (RANGE, "20", "100"),
        (RANGE, "25", "100"),
        (RANGE, "30", "80"),
        (CURVE, "-1", "20"),
        (CURVE, "0", "20"),
        (CURVE, "25", "50"),
        (CURVE, "50", "80"),
        (CURVE, "75", "90"),
        (CURVE, "101", "100"),
        (ISLAND, "-0.1", "0"),
        (ISLAND, "50", "80"),
        (ISLAND, "50.1", "0"),
        (BANDS, "9.99", "0"),
        (BANDS, "10", "50"),
        (BANDS, "19.99", "50"),
        (BANDS, "20", "100"),
        (BANDS, "1000", "80"),
        (STARS, "3.5", "70"),
        (Scoring(Method.MILESTONE), "80", "80"),
        (Scoring(Method.YES_NO), "1", "100"),
        (Scoring(Method.YES_NO), "0", "0"),
    ],
)
def test_each_method_follows_its_formula(scoring: Scoring, actual: str, uncapped: str) -> None:
    before, after = achievement(scoring, Fraction(actual), FLOOR, CAP)
    assert abs(before - Fraction(uncapped)) < Fraction(1, 10**15)
    assert after == min(max(before, FLOOR), CAP)


def test_nothing_at_all_is_best_where_the_inverse_counts() -> None:
    assert achievement(target(Method.LOWER_INVERSE, "5"), Fraction(0), FLOOR, CAP) == (CAP, CAP)


def test_a_negative_actual_has_no_inverse() -> None:
    with pytest.raises(Refused) as refusal:
        achievement(target(Method.LOWER_INVERSE, "5"), Fraction(-1), FLOOR, CAP)
    assert (refusal.value.fault.at, refusal.value.fault.code) == ("entries", "negative_actual")


@given(scorings, numbers, st.integers(0, 50), st.integers(51, 200))
def test_floor_and_cap_hold_and_the_figure_before_them_is_kept(
    scoring: Scoring, actual: Fraction, low: int, high: int
) -> None:
    assume(not (scoring.method is Method.LOWER_INVERSE and actual < 0))
    floor, cap = Fraction(low), Fraction(high)
    before, after = achievement(scoring, actual, floor, cap)
    assert floor <= after <= cap
    if scoring.maximum_target and before >= 100:
        assert after == cap
    else:
        assert after == min(max(before, floor), cap)


@given(targets, numbers, numbers)
def test_more_is_never_worse_under_higher_nor_better_under_lower(
    agreed: Fraction, one: Fraction, two: Fraction
) -> None:
    less, more = sorted((one, two))
    higher, lower = Scoring(Method.HIGHER, target=agreed), Scoring(Method.LOWER, target=agreed)
    for floor, cap in ((FLOOR, CAP), (-FAR, FAR)):
        assert achievement(higher, less, floor, cap)[1] <= achievement(higher, more, floor, cap)[1]
        assert achievement(lower, less, floor, cap)[1] >= achievement(lower, more, floor, cap)[1]


@given(targets, st.sampled_from([Method.HIGHER, Method.LOWER, Method.EXACT, Method.LOWER_INVERSE]))
def test_whoever_meets_the_target_has_100(agreed: Fraction, method: Method) -> None:
    met = abs(agreed) if method is Method.LOWER_INVERSE else agreed
    assert achievement(Scoring(method, target=met), met, FLOOR, CAP)[0] == 100


@given(positive, positive, st.fractions(0, 1, max_denominator=50))
def test_whoever_stays_in_the_range_has_100(low: Fraction, width: Fraction, part: Fraction) -> None:
    scoring = Scoring(Method.RANGE, low=low, high=low + width)
    assert achievement(scoring, low + part * width, FLOOR, CAP)[0] == 100


@given(scorings, numbers, positive)
def test_the_unit_of_measure_does_not_matter(scoring: Scoring, actual: Fraction, factor: Fraction) -> None:
    assume(scoring.method not in {Method.MILESTONE, Method.RATING, Method.YES_NO})
    assume(not (scoring.method is Method.LOWER_INVERSE and actual < 0))

    def scaled(value: Fraction | None) -> Fraction | None:
        return None if value is None else value * factor

    other = Scoring(
        scoring.method,
        target=scaled(scoring.target),
        low=scaled(scoring.low),
        high=scaled(scoring.high),
        points=tuple(Point(point.x * factor, point.score) for point in scoring.points),
        steps=tuple(Point(step.x * factor, step.score) for step in scoring.steps),
        below=scoring.below,
        above=scoring.above,
        maximum_target=scoring.maximum_target,
    )
    assert achievement(scoring, actual, FLOOR, CAP) == achievement(other, actual * factor, FLOOR, CAP)


@pytest.mark.parametrize(
    ("scoring", "actual", "after"),
    [
        (Scoring(Method.HIGHER, target=Fraction(100), maximum_target=True), "100", 120),
        (Scoring(Method.HIGHER, target=Fraction(100), maximum_target=True), "99", 99),
        (Scoring(Method.RANGE, low=Fraction(18), high=Fraction(25), maximum_target=True), "18", 120),
        (Scoring(Method.YES_NO, maximum_target=True), "1", 120),
        (Scoring(Method.MILESTONE, maximum_target=True), "100", 120),
        (Scoring(Method.RATING, levels=4, maximum_target=True), "4", 120),
    ],
)
def test_a_target_that_is_the_maximum_gives_the_cap(scoring: Scoring, actual: str, after: int) -> None:
    assert achievement(scoring, Fraction(actual), FLOOR, CAP)[1] == after


PROJECT = MilestoneMeasure({"design": Fraction(40), "build": Fraction(60)})
WON = RatioMeasure((Term("won"),), (Term("leads"),), Fraction(100))


@pytest.mark.parametrize(
    ("measure", "scoring", "faults"),
    [
        (VALUE, target(Method.HIGHER, "0"), [("scoring.target", "target_is_0")]),
        (VALUE, target(Method.LOWER, "0"), [("scoring.target", "lower_target_is_0")]),
        (VALUE, target(Method.EXACT, "0"), [("scoring.target", "target_is_0")]),
        (VALUE, target(Method.LOWER_INVERSE, "0"), [("scoring.target", "not_above_0")]),
        (VALUE, target(Method.LOWER_INVERSE, "-1"), [("scoring.target", "not_above_0")]),
        (VALUE, target(Method.HIGHER, "-1"), []),
        (VALUE, Scoring(Method.HIGHER), [("scoring.target", "required")]),
        (VALUE, Scoring(Method.LOWER), [("scoring.target", "required")]),
        (VALUE, Scoring(Method.LOWER_INVERSE), [("scoring.target", "required")]),
        (VALUE, RANGE, []),
        (VALUE, Scoring(Method.RANGE), [("scoring.low", "required"), ("scoring.high", "required")]),
        (VALUE, Scoring(Method.RANGE, low=Fraction(2), high=Fraction(2)), [("scoring.low", "low_not_below_high")]),
        (VALUE, Scoring(Method.RANGE, low=Fraction(0), high=Fraction(2)), [("scoring.low", "not_above_0")]),
        (VALUE, Scoring(Method.POINTS, points=points((0, 0))), [("scoring.points", "too_few_points")]),
        (VALUE, Scoring(Method.POINTS, points=points((0, 0), (0, 1))), [("scoring.points", "points_not_rising")]),
        (VALUE, Scoring(Method.STEPS), [("scoring.steps", "no_steps")]),
        (VALUE, Scoring(Method.STEPS, steps=points((0, 0))), []),
        (VALUE, Scoring(Method.STEPS, steps=points((1, 0), (0, 1))), [("scoring.steps", "steps_not_rising")]),
        (
            VALUE,
            Scoring(Method.POINTS, points=points((0, 0), (1, 1)), maximum_target=True),
            [("scoring.maximum_target", "maximum_target_not_here")],
        ),
        (
            VALUE,
            Scoring(Method.STEPS, steps=points((0, 0)), maximum_target=True),
            [("scoring.maximum_target", "maximum_target_not_here")],
        ),
        (RatingMeasure(), STARS, []),
        (RatingMeasure(), Scoring(Method.RATING), [("scoring.levels", "required")]),
        (RatingMeasure(), Scoring(Method.RATING, levels=0), [("scoring.levels", "not_above_0")]),
        (RatingMeasure(Aggregation.SUM), STARS, [("measure.aggregation", "not_one_of")]),
        (VALUE, STARS, [("scoring.method", "method_cannot_score_measure")]),
        (VALUE, Scoring(Method.YES_NO), [("scoring.method", "method_cannot_score_measure")]),
        (VALUE, Scoring(Method.MILESTONE), [("scoring.method", "method_cannot_score_measure")]),
        (YesNoMeasure(), RANGE, [("scoring.method", "method_cannot_score_measure")]),
        (PROJECT, STARS, [("scoring.method", "method_cannot_score_measure")]),
        (PROJECT, Scoring(Method.MILESTONE), []),
        (MilestoneMeasure({"a": Fraction(99)}), Scoring(Method.MILESTONE), [("measure.milestones", "shares_not_100")]),
        (
            MilestoneMeasure({"a": Fraction(-1), "b": Fraction(101)}),
            Scoring(Method.MILESTONE),
            [("measure.milestones.a", "not_above_0")],
        ),
        (WON, RANGE, []),
        (
            RatioMeasure((), (Term("leads"),), Fraction(0)),
            RANGE,
            [("measure.numerator", "no_inputs"), ("measure.scale", "not_above_0")],
        ),
        (GrowthMeasure(), CURVE, []),
        (GrowthMeasure(Fraction(0)), CURVE, [("measure.base", "is_0")]),
        (
            VALUE,
            limited(floor=-1),
            [("scoring.floor", "floor_below_policy")],
        ),
        (VALUE, limited(cap=121), [("scoring.cap", "cap_above_policy")]),
        (
            VALUE,
            limited(floor=120),
            [("scoring.floor", "floor_not_below_cap")],
        ),
        (
            VALUE,
            limited(floor=90, cap=80),
            [("scoring.cap", "cap_not_above_floor")],
        ),
        (VALUE, limited(floor=0, cap=120), []),
    ],
)
def test_what_cannot_be_is_refused_at_set_up(measure: Measure, scoring: Scoring, faults: list[tuple[str, str]]) -> None:
    found = set_up_faults(measure, scoring, Policy())
    assert [(fault.at, fault.code) for fault in found] == faults


@given(scorings)
def test_good_set_ups_are_not_refused(scoring: Scoring) -> None:
    measures: dict[Method, Measure] = {
        Method.MILESTONE: PROJECT,
        Method.RATING: RatingMeasure(),
        Method.YES_NO: YesNoMeasure(),
    }
    assert set_up_faults(measures.get(scoring.method, VALUE), scoring, Policy()) == []
