"""What holds on which days, and how does that change when something new holds from a day on?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

V = TypeVar("V")

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span(Generic[V]):
    """A value and the days on which it holds, both included; without a last day it holds until further notice."""

    first: date
    last: date | None
    value: V

    def holds_on(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.first <= day and (self.last is None or day <= self.last)


def value_on(spans: Iterable[Span[V]], day: date) -> V | None:
    """The value that holds on a day, if any does."""
    return next((span.value for span in spans if span.holds_on(day)), None)


def changed(spans: Sequence[Span[V]], day: date, value: V | None, until: date | None = None) -> list[Span[V]]:
    """The spans when from `day` on `value` holds, or nothing does where it is None.

    What held before ends on the day before. A change that is already planned for a later day stays. `until` is the
    last day on which anything can hold.
    """
    before = [_ended(span, day - _DAY) for span in spans if span.first < day]
    after = sorted((span for span in spans if span.first > day), key=lambda span: span.first)
    last = _earlier(after[0].first - _DAY if after else None, until)
    present = [Span(day, last, value)] if value is not None and (last is None or day <= last) else []
    return _joined([*before, *present, *after])


def moved(spans: Sequence[Span[V]], old: tuple[date, date | None], new: tuple[date, date | None]) -> list[Span[V]]:
    """The spans when the days within which anything can hold change from `old` to `new`.

    What reached the old first or last day reaches the new one; what lies outside is cut off.
    """
    kept = []
    for span in spans:
        first = new[0] if span.first <= old[0] else max(span.first, new[0])
        last = new[1] if span.last == old[1] else _earlier(span.last, new[1])
        if last is None or first <= last:
            kept.append(Span(first, last, span.value))
    return kept


def overlap(first: Span[V], start: date, end: date | None) -> tuple[date, date | None] | None:
    """The days that a span shares with those from `start` to `end`, if there are any."""
    begin, last = max(first.first, start), _earlier(first.last, end)
    return (begin, last) if last is None or begin <= last else None


def circle(lines_of: Callable[[int], Iterable[Span[int]]], person: int, line: Span[int]) -> tuple[int, ...] | None:
    """Whether a new reporting line would make somebody their own manager on any day, and through whom.

    `lines_of` gives the lines of a person with the manager's id as value. The answer is the chain of managers from
    `line.value` up to the person, or None.
    """
    if line.value == person:
        return (person,)
    waiting: list[tuple[date, date | None, tuple[int, ...]]] = [(line.first, line.last, (line.value,))]
    seen: set[tuple[int, date, date | None]] = set()
    while waiting:
        start, end, chain = waiting.pop()
        for above in lines_of(chain[-1]):
            days = overlap(above, start, end)
            if days is None or (above.value, *days) in seen:
                continue
            if above.value == person:
                return (*chain, person)
            seen.add((above.value, *days))
            waiting.append((*days, (*chain, above.value)))
    return None


def _ended(span: Span[V], last: date) -> Span[V]:
    return Span(span.first, _earlier(span.last, last), span.value)


def _earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two days, where None stands for no end."""
    if one is None or other is None:
        return one or other
    return min(one, other)


def _joined(spans: Iterable[Span[V]]) -> list[Span[V]]:
    """The spans with neighbours of one value made one."""
    joined: list[Span[V]] = []
    for span in spans:
        previous = joined[-1] if joined else None
        if previous and previous.value == span.value and previous.last and previous.last + _DAY == span.first:
            joined[-1] = Span(previous.first, span.last, span.value)
        else:
            joined.append(span)
    return joined
