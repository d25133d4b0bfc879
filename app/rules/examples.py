"""Which actuals show best, before the period starts, how a KPI will be scored?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from app.rules.faults import Refused
from app.rules.methods import Scoring, achievement, given
from app.rules.numbers import HUNDRED, ZERO
from app.rules.vocabulary import MeasureKind, Method

MOST: Final = 12
_SHARES: Final = tuple(Fraction(percent, 100) for percent in (-50, 0, 50, 80, 90, 100, 110, 120))
_SHARES_BELOW: Final = tuple(Fraction(percent, 100) for percent in (-50, 0, 50, 80, 100, 120, 150, 200))


@dataclass(frozen=True, slots=True)
class Example:
    """An actual and what it would score; without a score it is refused when it arises."""

    actual: Fraction
    uncapped: Fraction | None
    achievement: Fraction | None
    is_target: bool = False

    @property
    def is_limited(self) -> bool:
        """Whether floor or cap changes the figure."""
        return self.uncapped is not None and self.uncapped != self.achievement


def examples(
    scoring: Scoring, kind: MeasureKind, floor: Fraction, cap: Fraction, shares: Sequence[Fraction] = ()
) -> list[Example]:
    """A handful of actuals in rising order: target, zero, below zero, and wherever the scoring turns.

    `shares` are those of milestones. Only for a scoring that set_up_faults does not refuse.
    """
    actuals = sorted(set(_actuals(scoring, kind, shares)))
    return [_example(scoring, actual, floor, cap) for actual in _thinned(actuals)]


def _actuals(scoring: Scoring, kind: MeasureKind, shares: Sequence[Fraction]) -> Iterable[Fraction]:
    match scoring.method:
        case Method.YES_NO | Method.RATING:
            first = 0 if scoring.method is Method.YES_NO else 1
            return map(Fraction, range(first, (scoring.levels or 1) + 1))
        case Method.MILESTONE:
            return (sum(shares[:reached], ZERO) for reached in range(len(shares) + 1))
        case Method.RANGE:
            low, high = given(scoring.low), given(scoring.high)
            return (ZERO, low / 2, low, (low + high) / 2, high, high * Fraction(6, 5), 2 * high, *_below(kind, low))
        case Method.POINTS | Method.STEPS:
            return _around([point.x for point in (*scoring.points, *scoring.steps)], kind)
        case Method.HIGHER | Method.EXACT:
            return _of_target(given(scoring.target), kind, _SHARES)
        case Method.LOWER | Method.LOWER_INVERSE:
            return _of_target(given(scoring.target), kind, _SHARES_BELOW)


def _of_target(target: Fraction, kind: MeasureKind, shares: Sequence[Fraction]) -> Iterable[Fraction]:
    if target < 0:
        # Shares of a negative target would run backwards; steps of its size run the right way
        return (target + abs(target) * step for step in (Fraction(-1), *(share - 1 for share in shares), Fraction(1)))
    return (target * share for share in shares if share >= 0 or _can_be_negative(kind))


def _around(turns: Sequence[Fraction], kind: MeasureKind) -> Iterable[Fraction]:
    first, last = (turns[1] - turns[0], turns[-1] - turns[-2]) if len(turns) > 1 else (Fraction(1), Fraction(1))
    beyond = (turns[0] - first / 2, turns[-1] + last / 2)
    return (*turns, *(x for x in beyond if x >= 0 or _can_be_negative(kind)), ZERO)


def _below(kind: MeasureKind, size: Fraction) -> tuple[Fraction, ...]:
    return (-size / 2,) if _can_be_negative(kind) else ()


def _can_be_negative(kind: MeasureKind) -> bool:
    return kind in (MeasureKind.VALUE, MeasureKind.GROWTH, MeasureKind.RATIO)


def _thinned(actuals: Sequence[Fraction]) -> list[Fraction]:
    """At most so many, spread evenly, with the first and the last."""
    if len(actuals) <= MOST:
        return list(actuals)
    return [actuals[place * (len(actuals) - 1) // (MOST - 1)] for place in range(MOST)]


def _example(scoring: Scoring, actual: Fraction, floor: Fraction, cap: Fraction) -> Example:
    try:
        uncapped, achieved = achievement(scoring, actual, floor, cap)
    except Refused:
        return Example(actual, None, None)
    is_target = actual == scoring.target or (scoring.method is Method.RANGE and uncapped == HUNDRED)
    return Example(actual, uncapped, achieved, is_target)
