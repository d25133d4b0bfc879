"""How do many entries become one actual, and on which days is an entry due?"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import MINYEAR, date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from app.rules.faults import Fault, Refused, key_path
from app.rules.numbers import ZERO, as_fraction, exact_sum, plain
from app.rules.vocabulary import Aggregation, Frequency, MeasureKind


@dataclass(frozen=True, slots=True)
class ValueMeasure:
    """One number an entry."""

    aggregation: Aggregation = Aggregation.LAST
    kind = MeasureKind.VALUE


class Term(NamedTuple):
    """An input of a ratio and whether it is added (1) or subtracted (-1)."""

    name: str
    sign: int = 1


@dataclass(frozen=True, slots=True)
class RatioMeasure:
    """Named inputs an entry; the actual is the ratio of their sums, times a scale (100 for percent)."""

    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    scale: Fraction
    kind = MeasureKind.RATIO

    @property
    def inputs(self) -> frozenset[str]:
        """The names that every entry must give."""
        return frozenset(term.name for term in (*self.numerator, *self.denominator))


@dataclass(frozen=True, slots=True)
class GrowthMeasure:
    """One level an entry; the actual is the change in percent from the base, or else from the earliest entry."""

    base: Fraction | None = None
    kind = MeasureKind.GROWTH


@dataclass(frozen=True, slots=True)
class MilestoneMeasure:
    """Names of milestones reached an entry; each has its share in percent of the whole."""

    milestones: Mapping[str, Fraction]
    kind = MeasureKind.MILESTONE


@dataclass(frozen=True, slots=True)
class YesNoMeasure:
    """Done (1) or not (0) an entry; the last one counts."""

    kind = MeasureKind.YES_NO


@dataclass(frozen=True, slots=True)
class RatingMeasure:
    """A whole level an entry, given by the manager."""

    aggregation: Aggregation = Aggregation.LAST
    kind = MeasureKind.RATING


Measure = ValueMeasure | RatioMeasure | GrowthMeasure | MilestoneMeasure | YesNoMeasure | RatingMeasure

RATING_AGGREGATIONS: Final = (Aggregation.AVERAGE, Aggregation.LAST)

_NO_INPUTS: Final[Mapping[str, Decimal]] = MappingProxyType({})


class Entry(NamedTuple):
    """One recorded figure for the days from `first_day` to `last_day`.

    `value` is the number, the level, or 1 and 0 for done and not done. Numbers are decimals here, as they were
    recorded: they add up exactly, and only the actual becomes a fraction.
    """

    on: str
    first_day: date
    last_day: date
    value: Decimal | None = None
    inputs: Mapping[str, Decimal] = _NO_INPUTS
    reached: tuple[str, ...] = ()


def actual(measure: Measure, entries: Sequence[Entry]) -> Fraction | None:
    """The one figure that the entries amount to; none where there is no data.

    Entries count in the order of their last days; those that end together keep the order in which they are given.
    Raises `Refused` where they contradict the measure, with the fault as seen from the KPI.
    """
    if not entries:
        return None
    match measure:
        case ValueMeasure() | RatingMeasure():
            return _VALUE_RULES[measure.aggregation](entries)
        case RatioMeasure():
            return _ratio(measure, entries)
        case GrowthMeasure():
            return _growth(measure, entries)
        case MilestoneMeasure(milestones):
            reached = {name for entry in entries for name in entry.reached}
            return sum((share for name, share in milestones.items() if name in reached), ZERO)
        case YesNoMeasure():
            return _last(entries)


def _by_last_day(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=attrgetter("last_day"))


def _values(entries: Sequence[Entry]) -> list[Decimal]:
    """The numbers of entries whose measure has one in each."""
    return cast("list[Decimal]", [entry.value for entry in entries])


def _last(entries: Sequence[Entry]) -> Fraction:
    return as_fraction(_values(_by_last_day(entries)[-1:])[0])


def _sum(entries: Sequence[Entry]) -> Fraction:
    return as_fraction(exact_sum(_values(entries)))


_VALUE_RULES: Final[Mapping[Aggregation, Callable[[Sequence[Entry]], Fraction]]] = {
    Aggregation.AVERAGE: lambda entries: _sum(entries) / len(entries),
    Aggregation.LAST: _last,
    Aggregation.MAX: lambda entries: as_fraction(max(_values(entries))),
    Aggregation.MIN: lambda entries: as_fraction(min(_values(entries))),
    Aggregation.SUM: _sum,
}


def _ratio(measure: RatioMeasure, entries: Sequence[Entry]) -> Fraction | None:
    for index, entry in enumerate(entries):
        for name in measure.inputs - entry.inputs.keys():
            raise Refused(Fault(key_path(name), "required").under(f"entries[{index}].inputs"))

    def total(terms: tuple[Term, ...]) -> Fraction:
        sums = ((term.sign, exact_sum(entry.inputs[term.name] for entry in entries)) for term in terms)
        return as_fraction(exact_sum(subtotal if sign > 0 else subtotal.copy_negate() for sign, subtotal in sums))

    denominator = total(measure.denominator)
    if denominator < 0:
        raise Refused(Fault("entries", "negative_denominator", {"denominator": plain(denominator)}))
    return total(measure.numerator) / denominator * measure.scale if denominator else None


def _growth(measure: GrowthMeasure, entries: Sequence[Entry]) -> Fraction | None:
    ordered = _by_last_day(entries)
    levels = _values(ordered)
    base = measure.base
    if base is None:
        if len(entries) == 1:
            return None
        base = as_fraction(levels[0])
        if not base:
            raise Refused(Fault(f"entries[{entries.index(ordered[0])}].value", "base_is_0"))
    return (as_fraction(levels[-1]) - base) / abs(base) * 100


# --- The days of an entry ---------------------------------------------------------------------------------------------

_ON: Final = re.compile(r"([0-9]{4})(?:-(?:([0-9]{2})(?:-([0-9]{2}))?|Q([1-4])|H([12])))?")
_MONTHS_OF_QUARTER, _MONTHS_OF_HALF, _MONTHS_OF_YEAR = 3, 6, 12


class NotADate(ValueError):
    """The text is no day, month, quarter or year."""

    code = "not_a_date"


@lru_cache(maxsize=4096)
def parse_on(text: str, *, halves: bool = False) -> tuple[date, date]:
    """First and last day of `2026-01-15`, `2026-01`, `2026-Q1`, `2026` and, where asked for, `2026-H1`."""
    found = _ON.fullmatch(text)
    if found is None or int(found[1]) < MINYEAR or (found[5] and not halves):
        raise NotADate(text)
    year = int(found[1])
    if found[2]:
        try:
            if found[3]:
                day = date(year, int(found[2]), int(found[3]))
                return day, day
            return _months(year, int(found[2]), 1)
        except ValueError:
            raise NotADate(text) from None
    if found[4]:
        return _months(year, int(found[4]) * _MONTHS_OF_QUARTER - 2, _MONTHS_OF_QUARTER)
    if found[5]:
        return _months(year, int(found[5]) * _MONTHS_OF_HALF - 5, _MONTHS_OF_HALF)
    return _months(year, 1, _MONTHS_OF_YEAR)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """First and last day of `count` months of one year."""
    first = date(year, month, 1)
    if month + count > _MONTHS_OF_YEAR:
        return first, date(year, 12, 31)
    return first, date(year, month + count, 1) - timedelta(days=1)


class Slot(NamedTuple):
    """An entry that is due: its code and its days."""

    on: str
    first_day: date
    last_day: date


def due_slots(frequency: Frequency, first: date, last: date) -> list[Slot]:
    """The entries due in a span of days; one belongs to the span in which its last day lies.

    A week runs from Monday to Sunday and goes by the name of its Sunday.
    """
    return [slot for slot in _slots_around(frequency, first, last) if first <= slot.last_day <= last]


def _slots_around(frequency: Frequency, first: date, last: date) -> Iterator[Slot]:
    if frequency is Frequency.DAILY:
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            yield Slot(day.isoformat(), day, day)
    elif frequency is Frequency.WEEKLY:
        for ordinal in range(first.toordinal() + 6 - first.weekday(), last.toordinal() + 1, 7):
            sunday = date.fromordinal(ordinal)
            yield Slot(sunday.isoformat(), sunday - timedelta(days=6), sunday)
    else:
        form, count = _CALENDAR_SLOTS[frequency]
        for year in range(first.year, last.year + 1):
            for part in range(1, count + 1):
                on = form.format(year=year, part=part)
                yield Slot(on, *parse_on(on, halves=True))


_CALENDAR_SLOTS: Final[Mapping[Frequency, tuple[str, int]]] = {
    Frequency.MONTHLY: ("{year:04}-{part:02}", 12),
    Frequency.QUARTERLY: ("{year:04}-Q{part}", 4),
    Frequency.HALF_YEARLY: ("{year:04}-H{part}", 2),
    Frequency.YEARLY: ("{year:04}", 1),
}
