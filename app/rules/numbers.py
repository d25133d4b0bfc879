"""How is a number read exactly, rounded once and shared out in cents?"""

import re
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from functools import lru_cache, reduce
from math import lcm
from typing import Final

HUNDRED: Final = Fraction(100)
ZERO: Final = Fraction(0)

LONGEST: Final = 60
"""How many characters a number may have; as an exponent has two digits, no number can fill the memory."""

_LARGE: Final = 10_000
"""From here on nobody reads decimals that do not end."""

_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_TOO_HIGH: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{3,}")

# Sums of entries are exact: a result that would need more digits than this raises instead of being rounded
_EXACT: Final = Context(prec=1000, traps=[Inexact])


class NotANumber(ValueError):
    """The text is no number of the allowed form; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def recorded(text: str) -> Decimal:
    """The decimal that the text says, digit by digit: `-?digits[.digits][e±dd]`, ASCII, at most 60 characters."""
    if len(text) > LONGEST:
        raise NotANumber("number_too_long")
    # Most numbers are plain digits, which need no search for a form
    if not (text.isdecimal() and text.isascii()) and _NUMBER.fullmatch(text) is None:
        raise NotANumber("exponent_too_long" if _TOO_HIGH.fullmatch(text) else "not_a_number")
    return Decimal(text)


@lru_cache(maxsize=4096)
def exact(text: str) -> Fraction:
    """The number that the text says, as a fraction; see `recorded` for the form."""
    return as_fraction(recorded(text))


def as_fraction(value: Decimal) -> Fraction:
    """The decimal as a fraction; for whole numbers several times faster than what Fraction itself does."""
    numerator, denominator = value.as_integer_ratio()
    return Fraction(numerator) if denominator == 1 else Fraction(numerator, denominator)


def exact_sum(values: Iterable[Decimal]) -> Decimal:
    """The sum of decimals without any rounding, whatever precision the caller's context has."""
    return reduce(_EXACT.add, values, Decimal(0))


def fraction_sum(values: Iterable[Fraction]) -> Fraction:
    """The sum of fractions, over one common denominator: several times faster than adding them two by two."""
    parts = [value.as_integer_ratio() for value in values]
    common = lcm(*(denominator for _, denominator in parts))
    return Fraction(sum(numerator * (common // denominator) for numerator, denominator in parts), common)


def _half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to the (positive) denominator's quotient, halves away from zero."""
    nearest = (2 * abs(numerator) + denominator) // (2 * denominator)
    return nearest if numerator >= 0 else -nearest


def _fixed(units: int, places: int) -> str:
    """`units` of 10^-places as text: 4517 cents are 45.17."""
    if not places:
        return str(units)
    digits = str(abs(units)).zfill(places + 1)
    return f"{'-' if units < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def shown_text(value: Fraction | Decimal | int, places: int = 2) -> str:
    """`shown` as text with exactly that many decimals."""
    numerator, denominator = value.as_integer_ratio()
    if denominator == 1 and places:
        return f"{numerator}.{'0' * places}"
    return _fixed(_half_up(numerator * 10**places, denominator), places)


def shown(value: Fraction | Decimal | int, places: int = 2) -> Decimal:
    """The one rounding of the product: half up, away from zero, never minus zero."""
    return Decimal(shown_text(value, places))


def plain(value: Fraction | Decimal | int) -> str:
    """The number as people write it: at most 6 decimals, no trailing zeros, no exponent."""
    numerator, denominator = value.as_integer_ratio()
    if denominator == 1:
        return str(numerator)
    return _fixed(_half_up(numerator * 10**6, denominator), 6).rstrip("0").rstrip(".")


def legible(value: Fraction) -> Decimal:
    """The number as it is read in a table: all digits where they are few, else as many decimals as matter."""
    size = abs(value)
    if size < 1 or value.numerator * 10**6 % value.denominator == 0:
        return Decimal(plain(value))
    return shown(value, 2 if size < _LARGE else 0)


def brief(value: Decimal) -> Decimal:
    """A computed number beside an agreed one: 2 decimals at most, none where it is large, 4 where it is below 1."""
    size = abs(value)
    if size >= 1 and shown(value) == value:
        return Decimal(plain(value))
    return Decimal(plain(shown(value, 4 if size < 1 else 2 if size < _LARGE else 0)))


def apportion_cents(values: Sequence[Fraction]) -> list[Decimal]:
    """The values in whole cents that add up to their shown total, each within one cent of its exact value.

    Largest remainder: every line gets its whole cents, the cents still missing go to the largest rests, ties to
    the earlier line.
    """
    parts = [value.as_integer_ratio() for value in values]
    common = lcm(*(denominator for _, denominator in parts))
    # In units of 1/common cent all is whole, so that rests compare exactly and fast
    lines = [divmod(100 * numerator * (common // denominator), common) for numerator, denominator in parts]
    cents = [whole for whole, _ in lines]
    total = sum(cents) * common + sum(rest for _, rest in lines)
    missing = _half_up(total, common) - sum(cents)
    for index in sorted(range(len(lines)), key=lambda line: -lines[line][1])[:missing]:
        cents[index] += 1
    return [Decimal(_fixed(line, 2)) for line in cents]
