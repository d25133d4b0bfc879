"""Does the drawn curve show exactly the scores that the actuals get?"""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules.curves import Span, curve, reaching
from app.rules.methods import Point, Scoring, achievement
from app.rules.vocabulary import Beyond, Method
from tests.rules.strategies import scorings

limits = st.tuples(st.integers(-20, 60), st.integers(70, 200))


def points(*pairs: tuple[int, int]) -> tuple[Point, ...]:
    return tuple(Point(Fraction(x), Fraction(score)) for x, score in pairs)


@given(scorings, limits, st.fractions(0, 1, max_denominator=60))
def test_between_its_corners_the_curve_is_straight_and_right(
    scoring: Scoring, ends: tuple[int, int], part: Fraction
) -> None:
    assume(scoring.method not in {Method.LOWER_INVERSE, Method.YES_NO})
    floor, cap = Fraction(ends[0]), Fraction(ends[1])
    corners = curve(scoring, floor, cap)
    for (x1, s1), (x2, s2) in pairwise(corners):
        assert x1 <= x2
        if x1 < x2 and 0 < part < 1:
            actual = x1 + part * (x2 - x1)
            assert achievement(scoring, actual, floor, cap)[1] == s1 + part * (s2 - s1)


@given(scorings, limits)
def test_every_actual_of_a_corner_has_one_of_its_scores(scoring: Scoring, ends: tuple[int, int]) -> None:
    floor, cap = Fraction(ends[0]), Fraction(ends[1])
    corners = curve(scoring, floor, cap, points=9)
    for actual, _ in corners:
        scores = {score for x, score in corners if x == actual}
        assert achievement(scoring, actual, floor, cap)[1] in scores


@pytest.mark.parametrize(
    ("scoring", "corners"),
    [
        (Scoring(Method.HIGHER, target=Fraction(100)), [(0, 0), (120, 120), (132, 120)]),
        (Scoring(Method.LOWER, target=Fraction(100)), [(68, 120), (80, 120), (200, 0), (212, 0)]),
        (
            Scoring(Method.EXACT, target=Fraction(100), maximum_target=True),
            [(0, 0), (100, 100), (100, 120), (100, 100), (200, 0), (220, 0)],
        ),
        (
            Scoring(Method.HIGHER, target=Fraction(100), maximum_target=True),
            [(0, 0), (100, 100), (100, 120), (120, 120), (132, 120)],
        ),
        (
            Scoring(Method.STEPS, steps=points((10, 50), (20, 150))),
            [(9, 0), (10, 0), (10, 50), (20, 50), (20, 120), (21, 120)],
        ),
        (
            Scoring(Method.POINTS, points=points((0, 20), (50, 80)), above=Beyond.ZERO),
            [(0, 20), (50, 80), (50, 0), (55, 0)],
        ),
        (Scoring(Method.YES_NO), [(0, 0), (1, 0), (1, 100)]),
        (Scoring(Method.MILESTONE), [(0, 0), (100, 100)]),
        (Scoring(Method.RATING, levels=5), [(1, 20), (5, 100)]),
        (Scoring(Method.RATING, levels=1), [(1, 100)]),
    ],
)
def test_curves_have_their_corners_where_something_happens(scoring: Scoring, corners: list[tuple[int, int]]) -> None:
    assert curve(scoring, Fraction(0), Fraction(120)) == [(Fraction(x), Fraction(score)) for x, score in corners]


def test_a_bent_curve_comes_as_many_corners() -> None:
    corners = curve(Scoring(Method.LOWER_INVERSE, target=Fraction(60)), Fraction(20), Fraction(120), points=3)
    expected = [("0", "120"), ("50", "120"), ("175", "240/7"), ("300", "20"), ("330", "20")]
    assert corners == [(Fraction(x), Fraction(score)) for x, score in expected]


@pytest.mark.parametrize(
    ("wanted", "spans"),
    [
        (0, [Span(None, None)]),
        (90, [Span(Fraction(18), Fraction(55, 2))]),
        (100, [Span(Fraction(20), Fraction(25))]),
        (101, None),
    ],
)
def test_a_range_is_reached_from_both_sides(wanted: int, spans: list[Span] | None) -> None:
    scoring = Scoring(Method.RANGE, low=Fraction(20), high=Fraction(25), cap=Fraction(100))
    need = reaching(scoring, Fraction(wanted), Fraction(0), Fraction(100))
    assert (None if need is None else list(need.spans)) == spans


def test_bands_are_half_open_backwards_too() -> None:
    scoring = Scoring(Method.STEPS, steps=points((10, 50), (20, 100), (30, 80)))
    need = reaching(scoring, Fraction(90), Fraction(0), Fraction(120))
    assert need is not None
    assert need.spans == (Span(Fraction(20), Fraction(30), high_is_open=True),)
    assert reaching(scoring, Fraction(110), Fraction(0), Fraction(120)) is None
