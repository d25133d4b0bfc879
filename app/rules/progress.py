"""What is due by a day, which entries count, and what should be reached by then (ADR 0011)?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from app.rules.aggregation import Entry, Measure, Slot, ValueMeasure, due_slots
from app.rules.methods import PARAMETERS, Point, Scoring
from app.rules.numbers import ZERO
from app.rules.vocabulary import Aggregation, Frequency, MeasureKind, Method

_WITH_TARGET: Final = frozenset(method for method, names in PARAMETERS.items() if "target" in names)
_GROWS_FROM_THE_START: Final = frozenset({MeasureKind.GROWTH, MeasureKind.MILESTONE})
"""Measures whose figure of one period says nothing without the entries before it."""


class Elapsed(NamedTuple):
    """How many of the days that a target was agreed for have passed."""

    days: int
    of: int


class SpanTarget(NamedTuple):
    """The target of one period of the cycle."""

    first_day: date
    last_day: date
    target: Fraction


@dataclass(frozen=True, slots=True)
class AgreedKpi:
    """A KPI as it was agreed for the days of its plan, and everything recorded for it, in the order of last days."""

    measure: Measure
    scoring: Scoring
    frequency: Frequency
    first_day: date
    last_day: date
    entries: tuple[Entry, ...] = ()
    period_targets: tuple[SpanTarget, ...] = ()
    target_until: date | None = None
    """The last day that the target was agreed for, where the plan ended sooner: a later version took its place."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts for a KPI in a span of days: the entries that are there and that lack, and the scoring that fits."""

    entries: tuple[Entry, ...]
    due: Sequence[Slot]
    scoring: Scoring
    elapsed: Elapsed | None = None
    """The days for which the scoring asks a part of what was agreed; none where it asks for the whole of it."""
    can_be_scored: bool = True
    """False where nothing was to be reached yet, so that no achievement exists."""

    @property
    def unfilled(self) -> tuple[str, ...]:
        """The due slots of which no entry shares a day."""
        spans = [(entry.first_day, entry.last_day) for entry in self.entries]
        return tuple(
            slot.on
            for slot in self.due
            if not any(first <= slot.last_day and slot.first_day <= last for first, last in spans)
        )

    @property
    def is_due(self) -> bool:
        """Whether an entry should be there."""
        return bool(self.due) and self.can_be_scored

    @property
    def is_missing(self) -> bool:
        """Due, and still without any entry."""
        return self.is_due and not self.entries


def to_date(kpi: AgreedKpi, last_day: date, today: date) -> Standing:
    """The KPI from the plan's first day to `last_day`; in days to come nothing is due."""
    entries = _between(kpi.entries, kpi.first_day, last_day)
    due = _due(kpi, kpi.first_day, min(last_day, today))
    return _standing(kpi, entries, due, kpi.first_day, _reach(kpi, entries, due))


def in_segment(kpi: AgreedKpi, first_day: date, last_day: date, today: date) -> Standing:
    """The KPI in a segment of the plan's days, asked for the segment's own share of what was agreed.

    Like a period it is judged by the entries that end in it, whose span may begin before it.
    """
    entries = _between(kpi.entries, first_day, last_day)
    due = _due(kpi, first_day, min(last_day, today))
    start = max(kpi.first_day, min([first_day, *(slot.first_day for slot in due[:1])]))
    # A milestone that was reached before stays reached, even if nothing came since
    if kpi.measure.kind is MeasureKind.MILESTONE or (entries and kpi.measure.kind is MeasureKind.GROWTH):
        entries = _between(kpi.entries, kpi.first_day, last_day)
    return _standing(kpi, entries, due, start, max(start, _reach(kpi, entries, due)))


def _reach(kpi: AgreedKpi, entries: Sequence[Entry], due: Sequence[Slot]) -> date:
    """The last day for which something is asked: that of the last slot due or of the last entry."""
    reaches = [due[-1].last_day] if due else []
    if entries:
        reaches.append(entries[-1].last_day)
    return min(max(reaches, default=kpi.last_day), kpi.last_day)


def in_period(kpi: AgreedKpi, first_day: date, last_day: date, today: date) -> Standing:
    """The KPI in one period on its own.

    A period is judged by the entries that end in it. Their span may begin before it: the last month of a quarter is
    judged by the quarter's entry, against the quarter's share of the target.
    """
    entries = _between(kpi.entries, first_day, last_day)
    due = _due(kpi, first_day, min(last_day, today))
    slots = _due(kpi, first_day, last_day)
    start = max(kpi.first_day, slots[0].first_day if slots else first_day)
    end = min(kpi.last_day, slots[-1].last_day if slots else last_day)
    if entries and kpi.measure.kind in _GROWS_FROM_THE_START:
        entries = _between(kpi.entries, kpi.first_day, last_day)
    return _standing(kpi, entries, due, start, max(start, end))


def is_settled(kpi: AgreedKpi, last_day: date) -> bool:
    """Whether no later entry can lower what is reached by `last_day`: nothing is due any more, or figures only grow."""
    if kpi.measure.kind is MeasureKind.MILESTONE:
        return True
    if is_sum(kpi.measure) and kpi.scoring.method is Method.HIGHER:
        return True
    slots = _due(kpi, kpi.first_day, kpi.last_day)
    return not slots or slots[-1].last_day <= last_day


def _standing(kpi: AgreedKpi, entries: tuple[Entry, ...], due: Sequence[Slot], start: date, end: date) -> Standing:
    if not is_sum(kpi.measure):
        return Standing(entries, due, kpi.scoring)
    if kpi.period_targets:
        target = sum((each.target for each in _begun(kpi, start, end)), ZERO)
        scoring = replace(kpi.scoring, target=target)
        return Standing(entries, due, scoring, can_be_scored=_can_be_scored(scoring.method, target))
    elapsed = Elapsed((end - start).days + 1, ((kpi.target_until or kpi.last_day) - kpi.first_day).days + 1)
    if elapsed.days == elapsed.of:
        return Standing(entries, due, kpi.scoring)
    return Standing(entries, due, in_proportion(kpi.scoring, elapsed), elapsed)


def in_proportion(scoring: Scoring, elapsed: Elapsed) -> Scoring:
    """The scoring that asks for the elapsed share of what was agreed."""
    share = Fraction(*elapsed)
    if scoring.method in _WITH_TARGET:
        return replace(scoring, target=_times(scoring.target, share))
    return replace(
        scoring,
        low=_times(scoring.low, share),
        high=_times(scoring.high, share),
        points=_along(scoring.points, share),
        steps=_along(scoring.steps, share),
    )


def _times(value: Fraction | None, share: Fraction) -> Fraction | None:
    return None if value is None else value * share


def _along(points: Iterable[Point], share: Fraction) -> tuple[Point, ...]:
    return tuple(Point(point.x * share, point.score) for point in points)


def _begun(kpi: AgreedKpi, start: date, end: date) -> Iterable[SpanTarget]:
    """The period targets of a span: a period belongs to it with the first of its days that the plan covers."""
    return (each for each in kpi.period_targets if start <= max(each.first_day, kpi.first_day) <= end)


def _can_be_scored(method: Method, target: Fraction) -> bool:
    return target > 0 if method is Method.LOWER_INVERSE else target != 0


def is_sum(measure: Measure) -> bool:
    """Whether the actual grows with time, so that a target to date is only a part of the target."""
    return isinstance(measure, ValueMeasure) and measure.aggregation is Aggregation.SUM


def _between(entries: Sequence[Entry], first_day: date, last_day: date) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if first_day <= entry.last_day <= last_day)


def _due(kpi: AgreedKpi, first_day: date, last_day: date) -> Sequence[Slot]:
    return _slots(kpi.frequency, max(first_day, kpi.first_day), min(last_day, kpi.last_day))


@lru_cache(maxsize=4096)
def _slots(frequency: Frequency, first_day: date, last_day: date) -> tuple[Slot, ...]:
    """The slots of a span, kept: thousands of KPIs ask for the same ones."""
    return tuple(due_slots(frequency, first_day, last_day))
