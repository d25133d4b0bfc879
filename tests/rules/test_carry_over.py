"""Do carried targets change exactly as the page says, for every method, sign and rounding?"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules.carry_over import Kept, Meaning, Targets, Terms, carried, kept_because, renewed, rounded
from app.rules.methods import Scoring, achievement
from app.rules.numbers import exact_sum
from app.rules.vocabulary import Method

HARDER, FACTOR = Meaning.HARDER, Meaning.FACTOR
DIRECTED = (Method.HIGHER, Method.LOWER, Method.LOWER_INVERSE)
figures = st.decimals(-1_000_000, 1_000_000, places=3, allow_nan=False).filter(bool)
percents = st.decimals(-90, 90, places=2, allow_nan=False)
meanings = st.sampled_from(Meaning)


@pytest.mark.parametrize(
    ("method", "target", "percent", "meaning", "after"),
    [
        (Method.HIGHER, "1200", "10", HARDER, "1320"),
        (Method.HIGHER, "-100", "10", HARDER, "-90"),
        (Method.HIGHER, "1200", "-5", HARDER, "1140"),
        (Method.LOWER, "40", "10", HARDER, "36"),
        (Method.LOWER, "40", "10", FACTOR, "44"),
        (Method.LOWER, "-40", "10", HARDER, "-44"),
        (Method.LOWER_INVERSE, "8", "2.5", HARDER, "7.8"),
        (Method.EXACT, "50", "10", FACTOR, "55"),
        (Method.EXACT, "50", "10", HARDER, "50"),
        (Method.HIGHER, "33.333", "7.5", HARDER, "35.832975"),
    ],
)
def test_a_target_moves_by_the_percentage(
    method: Method, target: str, percent: str, meaning: Meaning, after: str
) -> None:
    before = Targets(method, target=Decimal(target))
    assert carried(before, Terms(Decimal(percent), meaning)).target == Decimal(after)


@pytest.mark.parametrize(
    ("targets", "meaning", "reason"),
    [
        (Targets(Method.MILESTONE), FACTOR, Kept.NO_TARGET),
        (Targets(Method.YES_NO), FACTOR, Kept.NO_TARGET),
        (Targets(Method.RATING), FACTOR, Kept.NO_TARGET),
        (Targets(Method.POINTS), FACTOR, Kept.NO_TARGET),
        (Targets(Method.STEPS), FACTOR, Kept.NO_TARGET),
        (Targets(Method.HIGHER), HARDER, Kept.NO_TARGET),
        (Targets(Method.HIGHER, Decimal(100), is_maximum=True), HARDER, Kept.AT_MAXIMUM),
        (Targets(Method.RANGE, low=Decimal(18), high=Decimal(25)), HARDER, Kept.NO_DIRECTION),
        (Targets(Method.EXACT, Decimal(5)), HARDER, Kept.NO_DIRECTION),
    ],
)
def test_what_has_no_target_to_move_is_kept_and_says_why(targets: Targets, meaning: Meaning, reason: Kept) -> None:
    terms = Terms(Decimal(10), meaning, digits=2)
    assert (kept_because(targets, terms), carried(targets, terms)) == (reason, targets)


def test_a_range_moves_with_both_bounds_by_a_factor() -> None:
    before = Targets(Method.RANGE, low=Decimal(18), high=Decimal(25))
    after = Targets(Method.RANGE, low=Decimal("19.8"), high=Decimal("27.5"))
    assert carried(before, Terms(Decimal(10), FACTOR)) == after


def test_periods_keep_their_proportions_and_the_sum() -> None:
    before = Targets(Method.HIGHER, Decimal(1200), of_periods=(Decimal(200), Decimal(400), Decimal(600)))
    assert carried(before, Terms(Decimal("7.5"))).of_periods == (Decimal(215), Decimal(430), Decimal(645))
    assert carried(before, Terms(Decimal("7.5"), digits=2)).target == Decimal(1300)
    assert carried(before, Terms(Decimal("7.5"), digits=2)).of_periods == (Decimal(220), Decimal(430), Decimal(650))


@pytest.mark.parametrize(
    ("value", "digits", "after"),
    [
        ("1234.5", 2, "1200"),
        ("1250", 2, "1300"),
        ("-1250", 2, "-1300"),
        ("0.012345", 3, "0.0123"),
        ("999.6", 3, "1000"),
        ("0", 2, "0"),
    ],
)
def test_rounding_to_significant_digits(value: str, digits: int, after: str) -> None:
    assert str(rounded(Fraction(value), digits)) == after


@given(figures, percents, meanings, st.sampled_from(DIRECTED))
def test_the_change_is_exact(target: Decimal, percent: Decimal, meaning: Meaning, method: Method) -> None:
    after = carried(Targets(method, target), Terms(percent, meaning)).target
    assert after is not None
    change = Fraction(after) - Fraction(target)
    assert abs(change) == abs(Fraction(target) * Fraction(percent) / 100)


@given(figures, percents, st.sampled_from(DIRECTED))
def test_harder_means_that_the_old_target_does_not_suffice(target: Decimal, percent: Decimal, method: Method) -> None:
    assume(percent > 0 and (method is not Method.LOWER_INVERSE or target > 0))
    after = carried(Targets(method, target), Terms(percent)).target
    scoring = Scoring(method, target=Fraction(after or 0))
    reached, _ = achievement(scoring, Fraction(target), Fraction(-(10**9)), Fraction(10**9))
    assert reached < 100


@given(st.lists(figures, min_size=1, max_size=12), percents, meanings, st.sampled_from([None, 1, 2, 3, 4]))
def test_period_targets_always_add_up(
    periods: list[Decimal], percent: Decimal, meaning: Meaning, digits: int | None
) -> None:
    target = exact_sum(periods)
    assume(target)
    after = carried(Targets(Method.HIGHER, target, of_periods=tuple(periods)), Terms(percent, meaning, digits))
    assert len(after.of_periods) == len(periods)
    assert exact_sum(after.of_periods) == after.target


@given(figures, percents, meanings)
def test_without_a_change_every_digit_stays(target: Decimal, percent: Decimal, meaning: Meaning) -> None:
    before = Targets(Method.HIGHER, target, of_periods=(target,))
    assert carried(before, Terms(Decimal(0), meaning, 1)) == before
    assert carried(before, Terms(percent, meaning)) == carried(before, Terms(percent, meaning))


@given(figures, st.sampled_from([1, 2, 3, 4]))
def test_rounding_leaves_no_more_digits_and_stays_near(value: Decimal, digits: int) -> None:
    after = rounded(Fraction(value), digits)
    assert len(str(abs(after)).replace(".", "").strip("0")) <= digits
    assert abs(Fraction(after) - Fraction(value)) * 2 * 10 ** (digits - 1) <= abs(Fraction(value))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Menaikkan penjualan 2026", "Menaikkan penjualan 2027"),
        ("Q4-2026: 12 cabang (2026/27)", "Q4-2027: 12 cabang (2027/27)"),
        ("Lebih baik dari 2025 dan 2027", "Lebih baik dari 2025 dan 2027"),
        ("Kode 12026 dan 20261", "Kode 12026 dan 20261"),
        ("Tanpa tahun", "Tanpa tahun"),
    ],
)
def test_years_of_the_cycle_move_on_in_titles(before: str, after: str) -> None:
    assert renewed(before, range(2026, 2027), 1) == after


def test_both_years_of_a_cycle_over_new_year_move_on() -> None:
    assert renewed("Tahun buku 2025/2026, sejak 2024", range(2025, 2027), 1) == "Tahun buku 2026/2027, sejak 2024"
