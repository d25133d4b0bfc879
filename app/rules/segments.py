"""Into which dated segments does a cycle fall for one person, and what do they come to together?

A segment begins with a plan version and wherever somebody else becomes responsible (docs/scoring.md, ADR 0014).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from app.rules.numbers import as_fraction, shown
from app.rules.scoring import over_segments
from app.rules.timeline import Span

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Segment:
    """Days on which one plan version held and one manager was responsible, both ends included."""

    plan: int
    """The place of the plan version among those given."""
    first_day: date
    last_day: date
    manager_id: int | None
    """Who was responsible; a time without any manager counts for the one before it."""

    @property
    def days(self) -> int:
        """The length, by which the segment counts."""
        return (self.last_day - self.first_day).days + 1


def segments(plans: Sequence[tuple[date, date]], lines: Sequence[Span[int]], until: date) -> tuple[Segment, ...]:
    """The segments of the plan versions, each (first, last day) and in their order, up to a day.

    A version ends where the next one begins. `lines` are the person's reporting lines.
    """
    found: list[Segment] = []
    for place, (first, last) in enumerate(plans):
        later = [start for start, _ in plans[place + 1 :]]
        end = min([last, until, *(start - _DAY for start in later)])
        found += _split(place, first, end, lines)
    return tuple(found)


def _split(plan: int, first: date, last: date, lines: Sequence[Span[int]]) -> list[Segment]:
    if last < first:
        return []
    found: list[Segment] = []
    start, manager = first, _manager(lines, first)
    for line in sorted(lines, key=lambda line: line.first):
        if first < line.first <= last and line.value != manager:
            if manager is not None:
                found.append(Segment(plan, start, line.first - _DAY, manager))
                start = line.first
            manager = line.value
    return [*found, Segment(plan, start, last, manager)]


def _manager(lines: Sequence[Span[int]], day: date) -> int | None:
    """Who is responsible on a day: the manager in force, or else the last one before."""
    begun = [line for line in lines if line.first <= day]
    return max(begun, key=lambda line: line.first).value if begun else None


def together(scored: Sequence[tuple[Fraction | None, int]]) -> Fraction | None:
    """The total over segments, each (exact total, days): the day-weighted mean of those that have one."""
    known = [(total, days) for total, days in scored if total is not None]
    return over_segments(known) if known else None


def coverage_over(parts: Sequence[tuple[Decimal, int]]) -> Decimal:
    """The weight that has data over segments, each (coverage, days): the day-weighted mean of all, as shown."""
    return shown(over_segments([(as_fraction(coverage), days) for coverage, days in parts]))
