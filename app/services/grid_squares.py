"""Which figures of one KPI are due in a period, what is there, and why may one not be recorded?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from app.models import Entry, Kpi, Period
from app.rules import aggregation
from app.rules.data_quality import Flag, is_missing
from app.rules.entries import Span, entry_span, overlap_fault, slot_of
from app.rules.faults import Fault, Refused
from app.rules.methods import Scoring
from app.rules.progress import AgreedKpi, SpanTarget, in_period
from app.rules.vocabulary import Frequency, MeasureKind
from app.services.entry_books import Book, entry_value, span_of
from app.services.entry_quality import entry_flags
from app.services.plan_values import measure_of, scoring_of

_OFTEN: Final = (Frequency.DAILY, Frequency.WEEKLY)


@dataclass(frozen=True, slots=True)
class Square:
    """One figure that is due: of a KPI, for a span of days."""

    book: Book
    span: Span
    entry: Entry | None
    parts: tuple[Entry, ...]
    """Entries of shorter spans, which stand in place of one figure for all the days."""
    parts_due: int
    target: Scoring
    """What was agreed, for these days."""
    previous: Fraction | None
    """What came out for the days before."""
    reached_before: Mapping[str, str]
    """Milestones reached earlier, with the span in which they were."""
    closed: str | None
    """Why nothing may be recorded here, as a code."""
    flags: tuple[Flag, ...] = ()
    """What is worth knowing about the figure, or that it is missing."""

    @property
    def kpi(self) -> Kpi:
        """The KPI that the figure is of."""
        return self.book.kpi

    @property
    def is_filled(self) -> bool:
        """Whether a figure is there."""
        return self.entry is not None or bool(self.parts)

    @property
    def total(self) -> Fraction | None:
        """What the entries of shorter spans come to."""
        return _outcome(self.book, self.parts)


def squares_of(book: Book, period: Period, today: date) -> tuple[Square, ...]:
    """The figures of a KPI that are due in a period: one for each slot, or one for all its days and weeks together."""
    plan, kpi = book.plan, book.kpi
    first, last = max(plan.starts_on, period.starts_on), min(plan.ends_on, period.ends_on)
    slots = aggregation.due_slots(kpi.frequency, first, last)
    if kpi.frequency in _OFTEN and slots:
        days = Span(period.code, period.starts_on, period.ends_on)
        before = [each for each in period.cycle.periods if each.ends_on < period.starts_on]
        earlier = Span(before[-1].code, before[-1].starts_on, before[-1].ends_on) if before else None
        return (_square(book, days, earlier, len(slots), today),)
    return tuple(
        _square(book, Span(*slot), Span(*slot_of(kpi.frequency, slot.first_day - timedelta(days=1))), 1, today)
        for slot in slots
    )


def slots_of(book: Book, period: Period, today: date) -> tuple[Square, ...]:
    """The figures of a KPI in a period slot by slot: each day or week on its own."""
    first, last = max(book.plan.starts_on, period.starts_on), min(book.plan.ends_on, period.ends_on)
    return tuple(
        _square(book, Span(*slot), None, 1, today) for slot in aggregation.due_slots(book.kpi.frequency, first, last)
    )


def _square(book: Book, span: Span, earlier: Span | None, parts_due: int, today: date) -> Square:
    parts = [entry for entry in _within(book, span) if entry.on != span.on]
    return Square(
        book=book,
        span=span,
        entry=book.entries.get(span.on),
        parts=tuple(parts),
        parts_due=parts_due,
        target=in_period(_agreed(book), span.first_day, span.last_day, today).scoring,
        previous=_outcome(book, _within(book, earlier)) if earlier else None,
        reached_before={
            stage.name: entry.on
            for entry in reversed(book.entries.values())
            if entry.ends_on < span.first_day
            for stage in entry.reached
        },
        closed=_closed(book, span, parts),
        flags=_flags(book, span, parts, today),
    )


def _flags(book: Book, span: Span, parts: Sequence[Entry], today: date) -> tuple[Flag, ...]:
    grace_days = book.plan.cycle.entry_grace_days
    entry = book.entries.get(span.on)
    there = [entry] if entry else list(parts)
    if there:
        return entry_flags(there, grace_days)
    covered = any(span_of(other).overlaps(span) for other in book.entries.values())
    return (Flag.MISSING,) if not covered and is_missing(span.last_day, grace_days, today) else ()


def _closed(book: Book, span: Span, parts: Sequence[Entry]) -> str | None:
    if isinstance(entry_span(book.calendar, span.on), Fault):
        return "days_only"  # a plan that ends inside a period leaves no figure for the whole of it
    others = [span_of(entry) for entry in book.entries.values() if entry not in parts]
    return "covered" if overlap_fault(span, others) else book.closed_because(span)


def _within(book: Book, span: Span) -> list[Entry]:
    """The entries that end in the span and are no longer than it; weeks may begin before it."""
    length = span.last_day - span.first_day
    return [
        entry
        for entry in book.entries.values()
        if span.first_day <= entry.ends_on <= span.last_day and entry.ends_on - entry.starts_on <= length
    ]


def _agreed(book: Book) -> AgreedKpi:
    kpi = book.kpi
    targets = [
        SpanTarget(each.period.starts_on, each.period.ends_on, Fraction(each.target)) for each in kpi.period_targets
    ]
    return AgreedKpi(
        measure=measure_of(kpi),
        scoring=scoring_of(kpi),
        frequency=kpi.frequency,
        first_day=book.plan.starts_on,
        last_day=book.plan.ends_on,
        period_targets=tuple(targets),
    )


def _outcome(book: Book, entries: Sequence[Entry]) -> Fraction | None:
    """What the entries come to, for comparison: of a growth measure the level itself, of milestones nothing."""
    if not entries or book.kpi.measure is MeasureKind.MILESTONE:
        return None
    values = [entry_value(entry) for entry in entries]
    if book.kpi.measure is MeasureKind.GROWTH:
        latest = max(values, key=lambda entry: entry.last_day).value
        return None if latest is None else Fraction(latest)
    try:
        return aggregation.actual(measure_of(book.kpi), values)
    except Refused:
        return None
