"""Do the examples beside a KPI show zero, the target and every turn, with the scores that the rules give?"""

from fractions import Fraction

import pytest

from app.rules.examples import MOST, Example, examples
from app.rules.methods import Point, Scoring, achievement
from app.rules.vocabulary import MeasureKind, Method

FLOOR, CAP = Fraction(0), Fraction(120)


def of(scoring: Scoring, kind: MeasureKind = MeasureKind.VALUE) -> list[tuple[str, str | None]]:
    return [
        (str(each.actual), None if each.achievement is None else str(each.achievement))
        for each in examples(scoring, kind, FLOOR, CAP)
    ]


def test_a_target_with_what_lies_around_it() -> None:
    assert of(Scoring(Method.HIGHER, target=Fraction(200))) == [
        ("-100", "0"), ("0", "0"), ("100", "50"), ("160", "80"), ("180", "90"), ("200", "100"), ("220", "110"),
        ("240", "120"),
    ]  # fmt: skip
    assert of(Scoring(Method.LOWER, target=Fraction(10))) == [
        ("-5", "120"), ("0", "120"), ("5", "120"), ("8", "120"), ("10", "100"), ("12", "80"), ("15", "50"), ("20", "0"),
    ]  # fmt: skip


def test_a_negative_target_is_surrounded_too() -> None:
    actuals = [actual for actual, _ in of(Scoring(Method.HIGHER, target=Fraction(-10)))]
    assert actuals == ["-25", "-20", "-15", "-12", "-11", "-10", "-9", "-8", "0"]


def test_what_the_inverse_refuses_is_shown_as_refused() -> None:
    found = examples(Scoring(Method.LOWER_INVERSE, target=Fraction(10)), MeasureKind.VALUE, FLOOR, CAP)
    assert found[0] == Example(Fraction(-5), None, None)
    assert found[1] == Example(Fraction(0), CAP, CAP)


def test_a_range_is_met_at_both_ends() -> None:
    found = examples(Scoring(Method.RANGE, low=Fraction(18), high=Fraction(25)), MeasureKind.RATIO, FLOOR, CAP)
    assert [each.actual for each in found if each.is_target] == [18, Fraction(43, 2), 25]
    assert found[0].actual == -9


def test_every_turn_of_a_curve_is_shown() -> None:
    points = tuple(Point(Fraction(x), Fraction(score)) for x, score in ((10, 50), (20, 100), (40, 110)))
    assert of(Scoring(Method.POINTS, points=points)) == [
        ("0", "50"), ("5", "50"), ("10", "50"), ("20", "100"), ("40", "110"), ("50", "110"),
    ]  # fmt: skip
    assert of(Scoring(Method.STEPS, steps=points[:1])) == [("0", "0"), ("19/2", "0"), ("10", "50"), ("21/2", "50")]


def test_many_bands_are_thinned_to_a_handful() -> None:
    steps = tuple(Point(Fraction(x), Fraction(x)) for x in range(1, 25))
    found = examples(Scoring(Method.STEPS, steps=steps), MeasureKind.VALUE, FLOOR, CAP)
    assert (len(found), found[0].actual, found[-1].actual) == (MOST, Fraction(0), Fraction(49, 2))


def test_the_few_possible_actuals_are_all_shown() -> None:
    assert of(Scoring(Method.YES_NO), MeasureKind.YES_NO) == [("0", "0"), ("1", "100")]
    assert of(Scoring(Method.RATING, levels=4), MeasureKind.RATING) == [
        ("1", "25"), ("2", "50"), ("3", "75"), ("4", "100"),
    ]  # fmt: skip
    shares = (Fraction(30), Fraction(20), Fraction(50))
    found = examples(Scoring(Method.MILESTONE), MeasureKind.MILESTONE, FLOOR, CAP, shares)
    assert [each.achievement for each in found] == [0, 30, 50, 100]


@pytest.mark.parametrize("method", [Method.HIGHER, Method.LOWER, Method.LOWER_INVERSE, Method.EXACT])
def test_examples_are_scored_by_the_rules(method: Method) -> None:
    scoring = Scoring(method, target=Fraction(7), cap=Fraction(110))
    for each in examples(scoring, MeasureKind.RATING, Fraction(20), Fraction(110)):
        assert (each.uncapped, each.achievement) == achievement(scoring, each.actual, Fraction(20), Fraction(110))
        assert each.is_target == (each.actual == 7)
        assert each.is_limited == (each.uncapped != each.achievement)
