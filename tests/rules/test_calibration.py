"""Do distribution, leniency and spread say exactly what the totals say?"""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.rules.calibration import GradeShare, Totals, distribution, mean, moves, spreads
from app.rules.policy import GradeBand

BANDS = (GradeBand(Fraction(90), "good"), GradeBand(Fraction(70), "fair"), GradeBand(Fraction(0), "poor"))
TOTALS = st.lists(st.decimals(0, 120, places=2), min_size=1, max_size=30)


def of(key: str, *totals: str) -> list[Totals[str]]:
    return [Totals(key, Decimal(total), Decimal(total)) for total in totals]


def test_totals_fall_into_their_grades() -> None:
    found = distribution([Decimal(text) for text in ("90.00", "89.99", "12.00")], BANDS)
    assert found == (
        GradeShare("good", 1, Decimal("33.33")),
        GradeShare("fair", 1, Decimal("33.33")),
        GradeShare("poor", 1, Decimal("33.33")),
    )
    assert [(each.count, each.share) for each in distribution([], BANDS)] == [(0, Decimal("0.00"))] * 3


def test_a_mild_and_a_strict_rater_are_told_apart() -> None:
    found = spreads([*of("mild", "100", "110", "105"), *of("strict", "70", "80", "75"), *of("new", "90")], BANDS)
    assert {key: (each.count, str(each.mean), str(each.leniency), str(each.width)) for key, each in found.items()} == {
        "mild": (3, "105.00", "15.00", "10"),
        "strict": (3, "75.00", "-15.00", "10"),
        "new": (1, "90.00", "None", "0"),
    }
    assert [each.count for each in found["strict"].grades] == [0, 3, 0]


def test_moves_are_counted_by_direction_and_grade() -> None:
    people = [
        Totals("a", Decimal(80), Decimal(91)),
        Totals("a", Decimal(91), Decimal(90)),
        Totals("b", Decimal(70), Decimal(70)),
    ]
    assert moves(people, BANDS) == {"raised": 1, "lowered": 1, "regraded": 1}


@given(TOTALS)
def test_the_grades_hold_everybody_once(totals: list[Decimal]) -> None:
    assert sum(each.count for each in distribution(totals, BANDS)) == len(totals)


@given(TOTALS)
def test_the_mean_is_exact_and_leniency_of_all_together_is_none(totals: list[Decimal]) -> None:
    exact = mean(totals)
    assert exact == sum((Fraction(total) for total in totals), Fraction(0)) / len(totals)
    (only,) = spreads([Totals("a", total, total) for total in totals], BANDS).values()
    assert only.leniency in {None, Decimal("0.00")}
    assert only.lowest <= only.mean <= only.highest
