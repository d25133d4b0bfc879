"""Where do the columns stand that show how many results reach each grade, before and after?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.rules.numbers import shown

_SHARE = Fraction(36, 100)
"""Of the room of a grade that one of its two columns takes."""
_GAP = Fraction(4, 100)
_THINNEST = Fraction(1)
"""So that one person among hundreds is seen."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column with its count."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Pair:
    """The columns of one grade: before and after."""

    label: str
    middle: Decimal
    before: Column
    after: Column


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Columns for all grades on one scale of counts."""

    width: int
    height: int
    highest: int
    pairs: tuple[Pair, ...]


def pairs_of(counts: Sequence[tuple[str, int, int]], width: int, height: int) -> ColumnChart:
    """The chart of (label, before, after), from the left in their order."""
    highest = max((count for _, *both in counts for count in both), default=0)
    step = Fraction(width, max(len(counts), 1))
    pairs = []
    for place, (label, before, after) in enumerate(counts):
        middle = place * step + step / 2
        left = middle - (_SHARE + _GAP / 2) * step
        right = middle + _GAP / 2 * step
        pairs.append(
            Pair(
                label,
                shown(middle),
                _column(before, left, step, highest, height),
                _column(after, right, step, highest, height),
            )
        )
    return ColumnChart(width, height, highest, tuple(pairs))


def _column(count: int, x: Fraction, step: Fraction, highest: int, height: int) -> Column:
    tall = Fraction(count * height, highest) if highest else Fraction(0)
    if count:
        tall = max(tall, _THINNEST)
    return Column(shown(x), shown(height - tall), shown(step * _SHARE), shown(tall), count)
