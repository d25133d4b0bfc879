"""How are targets and titles of a plan carried into the next one, by a percentage, rounded on request, a year on?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.rules.entries import DIGITS_AFTER
from app.rules.methods import PARAMETERS
from app.rules.numbers import HUNDRED, apportion_cents, as_fraction, fraction_sum, shown
from app.rules.vocabulary import Method

MOST_PERCENT: Final = 90
"""A change beyond this in either direction would turn a target into nothing or into another one."""
DIGITS: Final = (1, 2, 3, 4)
"""To how many significant digits targets may be rounded."""


_YEAR: Final = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")


class Meaning(StrEnum):
    """What a change by x percent means."""

    HARDER = "harder"
    """Every target asks for x percent more of whoever it binds: more revenue, less cost."""
    FACTOR = "factor"
    """Every target is multiplied by the same factor, whichever direction is better."""


class Kept(StrEnum):
    """Why the targets of a KPI are carried over as they are."""

    AT_MAXIMUM = "at_maximum"
    """More than the target is not possible, so it cannot be made harder."""
    NO_CHANGE = "no_change"
    """A change of 0 percent was asked for."""
    NO_DIRECTION = "no_direction"
    """An exact target or a range is neither harder nor easier when it moves."""
    NO_TARGET = "no_target"
    """The method has no single target: milestones, levels, yes or no, curves, steps; or none is set yet."""


@dataclass(frozen=True, slots=True)
class Terms:
    """By how much targets change, what that means, and to how many significant digits they are rounded."""

    percent: Decimal = Decimal(0)
    meaning: Meaning = Meaning.HARDER
    digits: int | None = None
    """None keeps every digit."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The figures of a KPI that a target consists of."""

    method: Method
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    of_periods: tuple[Decimal, ...] = ()
    """The targets of the periods, in their order; they add up to the target."""
    is_maximum: bool = False


_BY_SIZE: Final = {Method.HIGHER: 1, Method.LOWER: -1, Method.LOWER_INVERSE: -1}
"""The methods with a direction: which way a harder target lies."""


def kept_because(targets: Targets, terms: Terms) -> Kept | None:
    """Why these targets do not change; None where they do."""
    names = PARAMETERS[targets.method]
    figures = [targets.target] if "target" in names else [targets.low, targets.high] if "low" in names else []
    if not figures or all(figure is None for figure in figures):
        return Kept.NO_TARGET
    if not terms.percent:
        return Kept.NO_CHANGE
    if targets.is_maximum:
        return Kept.AT_MAXIMUM
    if terms.meaning is Meaning.HARDER and targets.method not in _BY_SIZE:
        return Kept.NO_DIRECTION
    return None


def carried(targets: Targets, terms: Terms) -> Targets:
    """The targets of the next plan: changed exactly, and rounded only where that was asked for."""
    if kept_because(targets, terms) is not None:
        return targets
    target = None if targets.target is None else rounded(_moved(targets.target, targets.method, terms), terms.digits)
    return replace(
        targets,
        target=target,
        low=None if targets.low is None else rounded(_moved(targets.low, targets.method, terms), terms.digits),
        high=None if targets.high is None else rounded(_moved(targets.high, targets.method, terms), terms.digits),
        of_periods=_shared(targets, target, terms),
    )


def renewed(title: str, years: range, by: int) -> str:
    """The title with the years of the cycle that it was written for moved on; other years are facts and stay."""

    def moved(found: re.Match[str]) -> str:
        year = int(found[0])
        return str(year + by) if year in years else found[0]

    return _YEAR.sub(moved, title)


def _moved(value: Decimal, method: Method, terms: Terms) -> Fraction:
    """The value x percent harder, or times the factor; harder is measured by its size, so it holds below 0 too."""
    figure, share = as_fraction(value), as_fraction(terms.percent) / HUNDRED
    if terms.meaning is Meaning.FACTOR:
        return figure * (1 + share)
    return figure + abs(figure) * share * _BY_SIZE[method]


def rounded(value: Fraction, digits: int | None) -> Decimal:
    """The value to so many significant digits; without them every digit, as far as a target can have it."""
    if digits is None:
        return _plain(shown(value, DIGITS_AFTER))
    step = _step(value, digits)
    return _plain(Decimal(shown(value / step, 0)) * _decimal(step))


def _step(value: Fraction, digits: int) -> Fraction:
    """The size of the last of so many significant digits, never finer than a target can have."""
    if not value:
        return Fraction(1)
    exponent, size = 0, abs(value)
    while size >= Fraction(10) ** (exponent + 1):
        exponent += 1
    while size < Fraction(10) ** exponent:
        exponent -= 1
    return Fraction(10) ** max(exponent - digits + 1, -DIGITS_AFTER)


def _shared(targets: Targets, target: Decimal | None, terms: Terms) -> tuple[Decimal, ...]:
    """The targets of the periods in the proportions they had, adding up to the new target digit for digit."""
    if not targets.of_periods or target is None or not targets.target:
        return ()
    growth = as_fraction(target) / as_fraction(targets.target)
    parts = [as_fraction(each) * growth for each in targets.of_periods]
    step = Fraction(1, 10**DIGITS_AFTER)
    if terms.digits is not None:
        step = _step(fraction_sum(parts) / len(parts), terms.digits)
    return _in_steps(parts, step)


def _in_steps(parts: Sequence[Fraction], step: Fraction) -> tuple[Decimal, ...]:
    """The parts as multiples of the step with the same sum: largest remainder, as everywhere."""
    cent = step * HUNDRED
    return tuple(_plain(each * _decimal(cent)) for each in apportion_cents([part / cent for part in parts]))


def _decimal(step: Fraction) -> Decimal:
    return Decimal(step.numerator) / Decimal(step.denominator)


def _plain(value: Decimal) -> Decimal:
    """Without zeros at the end, and without exponent."""
    return Decimal(format(value.normalize(), "f"))
