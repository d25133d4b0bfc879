"""Does every number explain itself, in both languages?"""

from decimal import Decimal
from fractions import Fraction

import pytest

from app.rules.methods import Point, Scoring
from app.rules.policy import Policy
from app.rules.scoring import Kpi, score_card
from app.rules.vocabulary import Beyond, Language, Method, Missing
from app.working import working_text


def points(*pairs: tuple[str, str]) -> tuple[Point, ...]:
    return tuple(Point(Fraction(x), Fraction(score)) for x, score in pairs)


def target(method: Method, value: str, **more: bool) -> Scoring:
    return Scoring(method, target=Fraction(value), maximum_target=more.get("maximum_target", False))


RANGE = Scoring(Method.RANGE, low=Fraction(18), high=Fraction(25))
CURVE = Scoring(
    Method.POINTS, points=points(("0", "20"), ("50", "80"), ("100", "150")), below=Beyond.ZERO, above=Beyond.CLAMP
)
BANDS = Scoring(Method.STEPS, steps=points(("10", "50"), ("20", "100"), ("30", "150")))


def explained(scoring: Scoring, actual: str, language: Language = Language.ENGLISH) -> str:
    """The working of a KPI that weighs 20 % beside one that has exactly reached its target."""
    kpis = [
        Kpi("A", Decimal(20), scoring, Fraction(actual)),
        Kpi("B", Decimal(80), Scoring(Method.YES_NO), Fraction(1)),
    ]
    return working_text(score_card(Policy(), kpis).kpis[0].working, language)


@pytest.mark.parametrize(
    ("scoring", "actual", "text"),
    [
        (target(Method.HIGHER, "120"), "135.5", "135.5 / 120 → 112.92 × 20 % = 22.58"),
        (target(Method.HIGHER, "120"), "200", "200 / 120 = 1.67 → 120.00 (cap 120) × 20 % = 24.00"),
        (target(Method.HIGHER, "120"), "-3", "−3 / 120 = −0.03 → 0.00 (floor 0) × 20 % = 0.00"),
        (target(Method.HIGHER, "120"), "0", "0 / 120 → 0.00 × 20 % = 0.00"),
        (target(Method.HIGHER, "-10"), "-9.5", "1 + (−9.5 − (−10))/10 = 1.05 → 105.00 × 20 % = 21.00"),
        (target(Method.LOWER, "5"), "4", "2 − 4/5 = 1.20 → 120.00 (cap 120) × 20 % = 24.00"),
        (target(Method.LOWER, "5"), "5.5", "2 − 5.5/5 = 0.90 → 90.00 × 20 % = 18.00"),
        (target(Method.LOWER, "5"), "-1", "2 − (−1)/5 = 2.20 → 120.00 (cap 120) × 20 % = 24.00"),
        (target(Method.LOWER, "-10"), "-11", "1 − (−11 − (−10))/10 = 1.10 → 110.00 × 20 % = 22.00"),
        (target(Method.LOWER_INVERSE, "5"), "5.5", "5 / 5.5 → 90.91 × 20 % = 18.18"),
        (target(Method.LOWER_INVERSE, "5"), "1", "5 / 1 = 5.00 → 120.00 (cap 120) × 20 % = 24.00"),
        (target(Method.LOWER_INVERSE, "5"), "0", "0 → 120.00 (cap 120) × 20 % = 24.00"),
        (target(Method.EXACT, "50"), "45", "1 − |45 − 50|/50 = 0.90 → 90.00 × 20 % = 18.00"),
        (RANGE, "20", "18 ≤ 20 ≤ 25 → 100.00 × 20 % = 20.00"),
        (RANGE, "9", "9 / 18 → 50.00 × 20 % = 10.00"),
        (RANGE, "30", "2 − 30/25 = 0.80 → 80.00 × 20 % = 16.00"),
        (CURVE, "25", "0 ≤ 25 ≤ 50: 20 + (25 − 0)/(50 − 0) × (80 − 20) → 50.00 × 20 % = 10.00"),
        (
            CURVE,
            "99",
            "50 ≤ 99 ≤ 100: 80 + (99 − 50)/(100 − 50) × (150 − 80) = 148.60 → 120.00 (cap 120) × 20 % = 24.00",
        ),
        (CURVE, "-1", "−1 < 0 → 0.00 × 20 % = 0.00"),
        (CURVE, "101", "101 > 100 = 150.00 → 120.00 (cap 120) × 20 % = 24.00"),
        (BANDS, "9", "9 < 10 → 0.00 × 20 % = 0.00"),
        (BANDS, "19.5", "10 ≤ 19.5 < 20 → 50.00 × 20 % = 10.00"),
        (BANDS, "31", "30 ≤ 31 = 150.00 → 120.00 (cap 120) × 20 % = 24.00"),
        (Scoring(Method.MILESTONE), "80", "reached 80 % → 80.00 × 20 % = 16.00"),
        (Scoring(Method.RATING, levels=5), "3.5", "3.5 / 5 → 70.00 × 20 % = 14.00"),
        (Scoring(Method.YES_NO), "1", "yes → 100.00 × 20 % = 20.00"),
        (Scoring(Method.YES_NO), "0", "no → 0.00 × 20 % = 0.00"),
        (
            target(Method.HIGHER, "100", maximum_target=True),
            "100",
            "100 / 100 = 1.00 → 120.00 (the target is the maximum, cap 120) × 20 % = 24.00",
        ),
    ],
)
def test_each_method_shows_its_steps(scoring: Scoring, actual: str, text: str) -> None:
    assert explained(scoring, actual) == text


@pytest.mark.parametrize(
    ("scoring", "actual", "text"),
    [
        (target(Method.LOWER, "5"), "4", "2 − 4/5 = 1,20 → 120,00 (batas 120) × 20 % = 24,00"),
        (target(Method.HIGHER, "120"), "1350.5", "1350,5 / 120 = 11,25 → 120,00 (batas 120) × 20 % = 24,00"),
        (target(Method.HIGHER, "120"), "-3.5", "−3,5 / 120 = −0,03 → 0,00 (batas bawah 0) × 20 % = 0,00"),
        (Scoring(Method.MILESTONE), "80", "tercapai 80 % → 80,00 × 20 % = 16,00"),
        (Scoring(Method.YES_NO), "1", "ya → 100,00 × 20 % = 20,00"),
        (Scoring(Method.YES_NO), "0", "tidak → 0,00 × 20 % = 0,00"),
        (
            target(Method.HIGHER, "100", maximum_target=True),
            "100",
            "100 / 100 = 1,00 → 120,00 (target sudah maksimum, batas 120) × 20 % = 24,00",
        ),
    ],
)
def test_indonesian_has_its_own_words_and_comma(scoring: Scoring, actual: str, text: str) -> None:
    assert explained(scoring, actual, Language.INDONESIAN) == text


@pytest.mark.parametrize(
    ("missing", "texts"),
    [
        (
            Missing.EXCLUDE,
            ["80 / 100 → 80.00 × 50.5 % (re-weighted 72.14 %) = 57.71", "no data: left out"],
        ),
        (Missing.ZERO, ["80 / 100 → 80.00 × 50.5 % = 40.40", "no data → 0.00 × 30 % = 0.00"]),
    ],
)
def test_missing_data_are_named(missing: Missing, texts: list[str]) -> None:
    kpis = [
        Kpi("A", Decimal("50.5"), target(Method.HIGHER, "100"), Fraction(80)),
        Kpi("B", Decimal(30), target(Method.HIGHER, "100"), None),
        Kpi("C", Decimal("19.5"), target(Method.HIGHER, "100"), Fraction(80)),
    ]
    result = score_card(Policy(missing=missing), kpis)
    assert [working_text(kpi.working, Language.ENGLISH) for kpi in result.kpis[:2]] == texts


def test_thousands_are_grouped_where_asked_for() -> None:
    kpi = Kpi("A", Decimal(100), target(Method.HIGHER, "1500000"), Fraction("1250000.5"))
    working = score_card(Policy(), [kpi]).kpis[0].working
    tail = " × 100 % = "
    grouped = {language: working_text(working, language, is_grouped=True) for language in Language}
    assert grouped == {
        Language.ENGLISH: f"1,250,000.5 / 1,500,000 → 83.33{tail}83.33",
        Language.INDONESIAN: f"1.250.000,5 / 1.500.000 → 83,33{tail}83,33",
    }
    assert working_text(working, Language.ENGLISH) == f"1250000.5 / 1500000 → 83.33{tail}83.33"
