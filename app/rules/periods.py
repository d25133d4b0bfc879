"""Into which periods does a cycle fall?"""

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from app.rules.vocabulary import Frequency

MONTHS_OF: Final[Mapping[Frequency, int]] = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.YEARLY: 12,
}
"""The kinds of period that a cycle can have, with their length."""

LONGEST_CYCLE: Final = 3 * 366
"""Days; a plan agreed for longer than three years is agreed for nothing."""

_CODES: Final[Mapping[Frequency, str]] = {
    Frequency.MONTHLY: "{year:04}-{part:02}",
    Frequency.QUARTERLY: "{year:04}-Q{part}",
    Frequency.HALF_YEARLY: "{year:04}-H{part}",
}


class PeriodSpan(NamedTuple):
    """A period's code and days, both ends included."""

    code: str
    starts_on: date
    ends_on: date


def periods_of(kind: Frequency, starts_on: date, ends_on: date) -> list[PeriodSpan]:
    """Periods that cover the days of a cycle exactly: no gap, no overlap, no day outside.

    Months, quarters and halves are those of the calendar, cut where the cycle begins or ends inside one. Years are
    counted from the cycle's first day, so that a financial year from April to March is one period.
    """
    if kind not in MONTHS_OF:
        raise ValueError(f"{kind} is no kind of period")
    if ends_on < starts_on:
        raise ValueError("a cycle ends after it starts")
    spans = _years(starts_on, ends_on) if kind is Frequency.YEARLY else _calendar_parts(kind, starts_on, ends_on)
    return list(spans)


def kind_of(code: str) -> Frequency:
    """Which kind of period a code names."""
    if "Q" in code:
        return Frequency.QUARTERLY
    if "H" in code:
        return Frequency.HALF_YEARLY
    return Frequency.MONTHLY if "-" in code else Frequency.YEARLY


def _calendar_parts(kind: Frequency, starts_on: date, ends_on: date) -> Iterator[PeriodSpan]:
    months = MONTHS_OF[kind]
    first = starts_on
    while first <= ends_on:
        part = (first.month - 1) // months + 1
        last_month = part * months
        last = date(first.year, last_month, calendar.monthrange(first.year, last_month)[1])
        yield PeriodSpan(_CODES[kind].format(year=first.year, part=part), first, min(last, ends_on))
        first = last + timedelta(days=1)


def _years(starts_on: date, ends_on: date) -> Iterator[PeriodSpan]:
    first, number = starts_on, 0
    while first <= ends_on:
        number += 1
        following = _same_day_in(starts_on.year + number, starts_on)
        yield PeriodSpan(f"{first.year:04}", first, min(following - timedelta(days=1), ends_on))
        first = following


def _same_day_in(year: int, day: date) -> date:
    # A cycle that begins on 29 February begins its later years on 1 March
    return date(year, 3, 1) if (day.month, day.day) == (2, 29) and not calendar.isleap(year) else day.replace(year=year)
