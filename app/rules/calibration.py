"""How are results spread over grades and raters before they are released, and what did calibration change?"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Generic, TypeVar

from app.rules.grading import grade
from app.rules.numbers import as_fraction, fraction_sum, shown
from app.rules.policy import GradeBand

Key = TypeVar("Key", bound=Hashable)

FEWEST_TO_COMPARE: Final = 3
"""Results of one rater from which leniency says something; of two people it tells only how they are."""


@dataclass(frozen=True, slots=True)
class GradeShare:
    """How many results reach a grade, and which part of all that is in percent."""

    grade: str
    count: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class Spread(Generic[Key]):
    """The results of one rater or unit against all."""

    key: Key
    count: int
    mean: Decimal
    leniency: Decimal | None
    """Mean minus the mean of everybody: above 0 the rater is milder than the others; none for too few."""
    lowest: Decimal
    highest: Decimal
    grades: tuple[GradeShare, ...]

    @property
    def width(self) -> Decimal:
        """Between the lowest and the highest total: a rater who gives everybody the same has none."""
        return self.highest - self.lowest


@dataclass(frozen=True, slots=True)
class Totals(Generic[Key]):
    """One person's totals, with whose results they are counted among."""

    key: Key
    before: Decimal
    """Without calibration."""
    after: Decimal


def distribution(totals: Sequence[Decimal], bands: Sequence[GradeBand]) -> tuple[GradeShare, ...]:
    """How the totals fall into the grades, highest first; every grade is there, with or without results."""
    ordered = sorted(bands, key=lambda band: band.lower, reverse=True)
    reached = [grade(total, bands) for total in totals]
    return tuple(
        GradeShare(band.code, count, shown(Fraction(100 * count, len(totals))) if totals else Decimal("0.00"))
        for band in ordered
        for count in (reached.count(band.code),)
    )


def mean(totals: Sequence[Decimal]) -> Fraction | None:
    """The exact mean; none of nothing."""
    return fraction_sum(as_fraction(total) for total in totals) / len(totals) if totals else None


def spreads(people: Sequence[Totals[Key]], bands: Sequence[GradeBand]) -> dict[Key, Spread[Key]]:
    """For each rater or unit the spread of the totals after calibration, against everybody in the list."""
    everybody = mean([person.after for person in people])
    by_key: dict[Key, list[Decimal]] = {}
    for person in people:
        by_key.setdefault(person.key, []).append(person.after)
    return {key: _spread(key, totals, everybody or Fraction(0), bands) for key, totals in by_key.items()}


def moves(people: Sequence[Totals[Key]], bands: Sequence[GradeBand]) -> Mapping[str, int]:
    """How many people calibration raised, lowered, and brought to another grade."""
    return {
        "raised": sum(person.after > person.before for person in people),
        "lowered": sum(person.after < person.before for person in people),
        "regraded": sum(grade(person.after, bands) != grade(person.before, bands) for person in people),
    }


def _spread(key: Key, totals: Sequence[Decimal], everybody: Fraction, bands: Sequence[GradeBand]) -> Spread[Key]:
    own = mean(totals) or Fraction(0)
    return Spread(
        key=key,
        count=len(totals),
        mean=shown(own),
        leniency=shown(own - everybody) if len(totals) >= FEWEST_TO_COMPARE else None,
        lowest=min(totals),
        highest=max(totals),
        grades=distribution(totals, bands),
    )
