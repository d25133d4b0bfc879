"""Does the picture of a score's curve say what the rules say?"""

from decimal import Decimal
from fractions import Fraction

import pytest

from app.rules.curve_charts import curve_chart
from app.rules.methods import Point, Scoring
from app.rules.vocabulary import Method

FLOOR, CAP = Fraction(0), Fraction(120)


def scoring(method: Method, **parameters: Fraction) -> Scoring:
    return Scoring(method, **parameters)  # type: ignore[arg-type]


def test_the_line_rises_to_the_cap() -> None:
    chart = curve_chart(Scoring(Method.HIGHER, target=Fraction(100)), FLOOR, CAP)
    assert chart is not None
    assert chart.lines == ("34.00,188.00 374.00,10.00 408.00,10.00",)
    assert chart.jumps == ()
    assert [(int(mark.value), mark.is_target) for mark in chart.actuals] == [
        (0, False),
        (100, True),
        (120, False),
        (132, False),
    ]
    assert [(str(mark.at), int(mark.value), mark.is_target) for mark in chart.scores] == [
        ("188.00", 0, False),
        ("39.67", 100, True),
        ("10.00", 120, False),
    ]
    assert chart.targets == (Decimal("317.33"),)


def test_steps_are_broken_where_the_score_leaps() -> None:
    steps = (Point(Fraction(1), Fraction(50)), Point(Fraction(2), Fraction(100)))
    chart = curve_chart(Scoring(Method.STEPS, steps=steps), FLOOR, CAP)
    assert chart is not None
    assert (len(chart.lines), len(chart.jumps), chart.targets) == (3, 2, ())


@pytest.mark.parametrize("floor", [Fraction(-50), Fraction(0), Fraction(40)])
@pytest.mark.parametrize(
    "each",
    [
        scoring(Method.HIGHER, target=Fraction(-3)),
        scoring(Method.LOWER, target=Fraction(1, 3)),
        scoring(Method.LOWER_INVERSE, target=Fraction(7)),
        scoring(Method.EXACT, target=Fraction(10**12)),
        scoring(Method.RANGE, low=Fraction(18), high=Fraction(25)),
        Scoring(Method.LOWER, target=Fraction(5), maximum_target=True),
        Scoring(Method.POINTS, points=(Point(Fraction(0), Fraction(0)), Point(Fraction(1), Fraction(120)))),
    ],
    ids=lambda each: each.method.value + ("-at-most" if each.maximum_target else ""),
)
def test_everything_stands_inside_the_picture(each: Scoring, floor: Fraction) -> None:
    chart = curve_chart(each, floor, CAP)
    assert chart is not None
    places = [place.split(",") for line in (*chart.lines, *chart.jumps) for place in line.split()]
    assert all(chart.left <= Decimal(x) <= chart.right and chart.top <= Decimal(y) <= chart.bottom for x, y in places)
    assert all(chart.left <= mark.at <= chart.right for mark in chart.actuals)
    assert len(chart.scores) >= 2


@pytest.mark.parametrize("method", [Method.YES_NO, Method.RATING, Method.MILESTONE])
def test_a_few_possible_actuals_make_no_curve(method: Method) -> None:
    assert curve_chart(Scoring(method, levels=5), FLOOR, CAP) is None
