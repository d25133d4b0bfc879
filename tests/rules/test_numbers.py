"""Are numbers read exactly, rounded once, and shared out in cents that add up?"""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.numbers import NotANumber, apportion_cents, brief, exact, exact_sum, fraction_sum, plain, recorded, shown

fractions = st.builds(Fraction, st.integers(-(10**7), 10**7), st.integers(1, 1000))
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", Fraction(0)),
        ("-0", Fraction(0)),
        ("007", Fraction(7)),
        ("65.5", Fraction(131, 2)),
        ("-1.25", Fraction(-5, 4)),
        ("1e2", Fraction(100)),
        ("1E+02", Fraction(100)),
        ("1.5e-3", Fraction(3, 2000)),
        ("1e99", Fraction(10) ** 99),
        ("0.1", Fraction(1, 10)),
        ("9" * 60, Fraction(10**60 - 1)),
    ],
)
def test_a_number_is_what_its_text_says(text: str, number: Fraction) -> None:
    assert exact(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_number"),
        (" 1", "not_a_number"),
        ("1\n", "not_a_number"),
        ("+1", "not_a_number"),
        (".5", "not_a_number"),
        ("5.", "not_a_number"),
        ("1,5", "not_a_number"),
        ("1_000", "not_a_number"),
        ("٣", "not_a_number"),
        ("\uff11", "not_a_number"),
        ("1e", "not_a_number"),
        ("0x10", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("--1", "not_a_number"),
        ("1e100", "exponent_too_long"),
        ("1e999999", "exponent_too_long"),
        ("1e-400", "exponent_too_long"),
        ("9" * 61, "number_too_long"),
    ],
)
def test_other_texts_are_refused(text: str, code: str) -> None:
    with pytest.raises(NotANumber) as refusal:
        recorded(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Decimal("2.675"), 2, "2.68"),
        (Decimal("2.665"), 2, "2.67"),
        (Decimal("-2.665"), 2, "-2.67"),
        (Decimal("0.005"), 2, "0.01"),
        (Decimal("0.00499"), 2, "0.00"),
        (Decimal("-0.00499"), 2, "0.00"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(-2, 3), 2, "-0.67"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(-5, 2), 0, "-3"),
        (7, 2, "7.00"),
        (7, 0, "7"),
        (Decimal("-0"), 2, "0.00"),
        (Fraction(10**30, 7), 2, "142857142857142857142857142857.14"),
    ],
)
def test_halves_are_rounded_away_from_zero(value: Fraction | Decimal | int, places: int, text: str) -> None:
    assert str(shown(value, places)) == text


@given(fractions, st.integers(0, 6))
def test_rounding_goes_to_the_nearest_and_is_the_same_below_zero(value: Fraction, places: int) -> None:
    rounded = shown(value, places)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**places)
    assert shown(-value, places) == -rounded
    assert rounded.as_tuple().exponent == -places


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("135.50"), "135.5"),
        (Fraction(20), "20"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(2, 3), "0.666667"),
        (Fraction(1, 10**7), "0"),
        (Fraction(-1, 10**7), "0"),
        (Decimal("1e20"), "100000000000000000000"),
        (-4, "-4"),
    ],
)
def test_plain_numbers_have_no_trailing_zeros(value: Fraction | Decimal | int, text: str) -> None:
    assert plain(value) == text


@given(st.lists(fractions, max_size=12))
def test_cents_add_up_and_stay_within_a_cent(values: list[Fraction]) -> None:
    cents = apportion_cents(values)
    assert sum(cents, Decimal(0)) == shown(sum(values, Fraction(0)))
    for value, line in zip(values, cents, strict=True):
        assert abs(Fraction(line) - value) < Fraction(1, 100)
        assert line == shown(line)


def test_ties_for_a_cent_go_to_the_earlier_line() -> None:
    third = Fraction(100, 3)
    assert apportion_cents([third] * 3) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert apportion_cents([]) == []


@given(st.lists(fractions, max_size=9))
def test_one_common_denominator_changes_no_sum(values: list[Fraction]) -> None:
    assert fraction_sum(values) == sum(values, Fraction(0))


@given(st.lists(decimals, max_size=9))
def test_decimals_add_up_exactly_whatever_the_context(values: list[Decimal]) -> None:
    with localcontext(prec=3):
        assert Fraction(exact_sum(values)) == sum(map(Fraction, values), Fraction(0))


def test_a_sum_over_the_whole_allowed_range_loses_nothing() -> None:
    assert Fraction(exact_sum([recorded("9" * 57 + "e99"), recorded("1e-99")])) == exact("9" * 57 + "e99") + exact(
        "1e-99"
    )


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("18.518519", "18.52"),
        ("-18.518519", "-18.52"),
        ("0.123456", "0.1235"),
        ("12345.678901", "12346"),
        ("12345.67", "12345.67"),
        ("95.5", "95.5"),
        ("120", "120"),
        ("0", "0"),
    ],
)
def test_a_computed_number_is_brief_beside_an_agreed_one(number: str, read: str) -> None:
    assert str(brief(Decimal(number))) == read
