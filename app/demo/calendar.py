"""When does what happen in the year of the demo organisation?"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from app.rules.aggregation import parse_on

YEAR: Final = 2026
MONTHS: Final = 12
LIBRARY_READY: Final = datetime(2025, 12, 1, 1, 30, tzinfo=UTC)
STAFF_IMPORTED: Final = datetime(2025, 12, 1, 3, 0, tzinfo=UTC)
CYCLE_OPENED: Final = datetime(2025, 12, 4, 2, 15, tzinfo=UTC)
PLANS_WRITTEN: Final = datetime(2025, 12, 8, 1, 0, tzinfo=UTC)
_QUARTERS: Final = (3, 6, 9)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The year as it has gone by after so many months with figures."""

    months: int

    @property
    def first_day(self) -> date:
        """Of the cycle."""
        return date(YEAR, 1, 1)

    @property
    def last_day(self) -> date:
        """Of the cycle."""
        return date(YEAR, MONTHS, 31)

    @property
    def recorded_until(self) -> date:
        """The last day of the last month of which the figures are there."""
        return parse_on(self.period)[1]

    @property
    def period(self) -> str:
        """The code of that month: the latest one that is published."""
        return month_code(self.months)

    @property
    def history(self) -> tuple[int, ...]:
        """The months before it that were published: the ends of quarters."""
        return tuple(month for month in _QUARTERS if month < self.months)

    @property
    def now(self) -> datetime:
        """The moment at which the story ends: the middle of the month after."""
        return _in_month_after(self.months, 16)

    @property
    def is_running(self) -> bool:
        """Whether a month of the cycle is in progress."""
        return self.months < MONTHS

    def closed(self, month: int) -> datetime:
        """When a month was closed."""
        return _in_month_after(month, 10)

    def published(self, month: int, number: int) -> datetime:
        """When somebody's scorecard for a month was published: in the days after the closing."""
        return _in_month_after(month, 12) + timedelta(minutes=37 * number % (3 * 24 * 60 - 600))


def month_code(month: int) -> str:
    """The code of a month's period."""
    return f"{YEAR}-{month:02}"


def _in_month_after(month: int, day: int) -> datetime:
    year, after = (YEAR, month + 1) if month < MONTHS else (YEAR + 1, 1)
    return datetime(year, after, day, 2, 0, tzinfo=UTC)
