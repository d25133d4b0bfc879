"""Do readers of both languages see texts, numbers and dates as they write them, and nothing in the other language?"""

import ast
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.i18n import Locale, choose_language, locale_for
from app.messages import TEXTS
from app.rules.numbers import NotANumber
from app.rules.vocabulary import Language
from tools import messages

ID, EN = locale_for("id"), locale_for("en")
APP = Path(__file__).parent.parent / "app"


@pytest.mark.parametrize(
    ("value", "places", "indonesian", "english"),
    [
        (Decimal("1234567.50"), None, "1.234.567,50", "1,234,567.50"),
        (Decimal("1234567.505"), 2, "1.234.567,51", "1,234,567.51"),
        (Decimal("-0.005"), 2, "-0,01", "-0.01"),
        (Decimal("-0.001"), 2, "0,00", "0.00"),
        (Decimal("1E+6"), None, "1.000.000", "1,000,000"),
        (Decimal(999), None, "999", "999"),
        (0, None, "0", "0"),
        (Fraction(2, 3), 4, "0,6667", "0.6667"),
    ],
)
def test_numbers_are_shown(value: Decimal | Fraction | int, places: int | None, indonesian: str, english: str) -> None:
    assert (ID.number(value, places), EN.number(value, places)) == (indonesian, english)


def test_numbers_carry_their_unit_where_it_belongs() -> None:
    pairs = [("1500000", "Rp"), ("-5", "Rp juta"), ("87.6", "%"), ("12", "jam"), ("3", ""), ("20", "USD")]
    shown = [ID.measure(Decimal(number), unit) for number, unit in pairs]
    assert shown == ["Rp1.500.000", "-Rp5\u00a0juta", "87,6%", "12\u00a0jam", "3", "USD\u00a020"]
    assert EN.percent(Decimal("87.6"), 2) == "87.60%"


def test_a_fraction_is_never_shown_without_stated_decimals() -> None:
    with pytest.raises(TypeError):
        ID.number(Fraction(1, 3))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15))
def test_what_is_shown_is_read_back_exactly(value: Decimal) -> None:
    for locale in (ID, EN):
        assert locale.read_number(locale.number(value)) == value
        assert locale.read_number(locale.number(value, grouping=False)) == value


@pytest.mark.parametrize(
    ("written", "indonesian", "english"),
    [
        ("1.234,5", "1234.5", "1234.5"),
        ("1,234.5", "1234.5", "1234.5"),
        ("1.234", "1234", "1.234"),
        ("1,234", "1.234", "1234"),
        ("12.5", "12.5", "12.5"),
        ("12,5", "12.5", "12.5"),
        ("0.125", "0.125", "0.125"),
        ("1234.567", "1234.567", "1234.567"),
        ("1.234.567", "1234567", "1234567"),
        ("1 234 567,25", "1234567.25", "1234567.25"),
        ("Rp 1.500.000", "1500000", "1500000"),
        ("-Rp2.500", "-2500", "-2.500"),
        ("87,5%", "87.5", "87.5"),
        ("\u2212" + "3", "-3", "-3"),
        ("\uff11\uff12", "12", "12"),
        (" +7 ", "7", "7"),
    ],
)
def test_numbers_are_read_in_both_notations(written: str, indonesian: str, english: str) -> None:
    assert (str(ID.read_number(written)), str(EN.read_number(written))) == (indonesian, english)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1.23.4", "number_ambiguous"),
        ("12,50.0", "number_ambiguous"),
        ("1.2345.678", "number_ambiguous"),
        ("", "not_a_number"),
        (".", "not_a_number"),
        ("1e5", "not_a_number"),
        ("0x10", "not_a_number"),
        ("--1", "not_a_number"),
        ("1 2", "not_a_number"),
        ("\u0663", "not_a_number"),
        ("NaN", "not_a_number"),
        ("9" * 61, "number_too_long"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(written: str, code: str) -> None:
    for locale in (ID, EN):
        with pytest.raises(NotANumber) as refusal:
            locale.read_number(written)
        assert refusal.value.code == code


def test_days_and_moments_are_shown() -> None:
    moment = datetime(2026, 12, 31, 18, 5, tzinfo=UTC)
    assert [ID.date(date(2026, 12, 31)), EN.date(date(2026, 12, 31))] == ["31 Desember 2026", "31 December 2026"]
    assert [ID.short_date(date(2026, 8, 1)), EN.short_date(date(2026, 8, 1))] == ["1 Agu 2026", "1 Aug 2026"]
    assert ID.datetime(moment) == "1 Januari 2027 01.05"
    assert Locale(Language.ENGLISH, "UTC").datetime(moment) == "31 December 2026 18:05"


def test_periods_have_names() -> None:
    codes = ["2026-01-15", "2026-01", "2026-Q1", "2026-H2", "2026", "2026-13", "Semester"]
    assert [ID.period(code) for code in codes] == [
        "15 Januari 2026", "Januari 2026", "Triwulan I 2026", "Semester II 2026", "2026", "2026-13", "Semester",
    ]  # fmt: skip
    assert [EN.period(code, short=True) for code in codes[:5]] == [
        "15 Jan 2026",
        "Jan 2026",
        "Q1 2026",
        "H2 2026",
        "2026",
    ]


@pytest.mark.parametrize(
    ("account", "cookie", "accepted", "chosen"),
    [
        (Language.ENGLISH, "id", "id", "en"),
        (None, "en", "id", "en"),
        (None, "fr", "en-US,en;q=0.9", "en"),
        (None, None, "fr, id;q=0.4, en;q=0.7", "en"),
        (None, None, "in-ID", "id"),
        (None, None, "en;q=0, fr", "id"),
        (None, None, "fr;q=x,;;,*", "id"),
        (None, None, None, "id"),
    ],
)
def test_the_language_is_chosen(
    account: Language | None, cookie: str | None, accepted: str | None, chosen: str
) -> None:
    assert choose_language(account, cookie, accepted, "id") == chosen


def test_texts_are_translated_with_values_and_counts() -> None:
    assert ID.text("must have at most %(limit)s characters", limit=5) == "paling banyak 5 karakter"
    assert EN.text("must have at most %(limit)s characters", limit=5) == "must have at most 5 characters"
    one, many = "Please wait one second, then try again.", "Please wait %(count)s seconds, then try again."
    assert ID.count(one, many, 1, count=1) == "Mohon tunggu 1 detik, lalu coba lagi."
    assert EN.count(one, many, 2, count=2) == "Please wait 2 seconds, then try again."


def test_every_text_has_one_sound_indonesian() -> None:
    used, translated = messages.collect_used(), messages.collect_translated()
    assert len(used) > 100
    assert sorted(set(used) - set(translated), key=str) == []
    assert [fault for key, found in translated.items() for fault in messages.faults_of(key, found)] == []


def test_every_text_of_a_code_can_be_filled() -> None:
    for code, text in TEXTS.items():
        names = {name[2:-2] for name in messages.values_in((text,))}
        assert text % dict.fromkeys(names, "x"), code


RAISERS = {"Fault", "Conflict", "NotAllowed", "NotFound", "NotANumber", "refuse"}


def codes_of(path: Path) -> set[str]:
    """The codes that a module raises or notes: first argument of an error, second of a fault."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = 1 if name in {"Fault", "refuse"} else 0
            if name in RAISERS and len(node.args) > place:
                code = node.args[place]
                if isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value:
                    found.add(code.value)
    return found


def test_every_code_that_is_raised_says_something() -> None:
    codes = {code for path in APP.rglob("*.py") for code in codes_of(path)}
    assert len(codes) > 40
    assert sorted(codes - set(TEXTS)) == []
