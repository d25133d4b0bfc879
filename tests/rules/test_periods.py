"""Do periods cover a cycle exactly, whatever its days?"""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.periods import MONTHS_OF, PeriodSpan, kind_of, periods_of
from app.rules.vocabulary import Frequency

KINDS = st.sampled_from(sorted(MONTHS_OF))


def spans(kind: Frequency, first: date, last: date) -> list[tuple[str, str, str]]:
    return [(code, start.isoformat(), end.isoformat()) for code, start, end in periods_of(kind, first, last)]


def test_a_calendar_year_in_every_kind() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert [span.code for span in periods_of(Frequency.MONTHLY, first, last)] == [f"2026-{m:02}" for m in range(1, 13)]
    assert spans(Frequency.QUARTERLY, first, last) == [
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-Q3", "2026-07-01", "2026-09-30"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
    ]
    assert spans(Frequency.HALF_YEARLY, first, last) == [
        ("2026-H1", "2026-01-01", "2026-06-30"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
    ]
    assert spans(Frequency.YEARLY, first, last) == [("2026", "2026-01-01", "2026-12-31")]


def test_a_cycle_that_begins_within_a_quarter_cuts_it() -> None:
    assert spans(Frequency.QUARTERLY, date(2026, 2, 10), date(2026, 7, 5)) == [
        ("2026-Q1", "2026-02-10", "2026-03-31"),
        ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-Q3", "2026-07-01", "2026-07-05"),
    ]


def test_a_financial_year_is_one_yearly_period() -> None:
    assert spans(Frequency.YEARLY, date(2026, 4, 1), date(2027, 3, 31)) == [("2026", "2026-04-01", "2027-03-31")]


def test_years_from_a_leap_day_begin_in_march() -> None:
    assert spans(Frequency.YEARLY, date(2024, 2, 29), date(2026, 2, 28)) == [
        ("2024", "2024-02-29", "2025-02-28"),
        ("2025", "2025-03-01", "2026-02-28"),
    ]


@given(KINDS, st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 1100))
def test_periods_cover_every_day_once(kind: Frequency, first: date, days: int) -> None:
    last = first + timedelta(days)
    found = periods_of(kind, first, last)
    assert (found[0].starts_on, found[-1].ends_on) == (first, last)
    assert all(before.ends_on + timedelta(1) == after.starts_on for before, after in pairwise(found))
    assert all(span.starts_on <= span.ends_on for span in found)
    assert len({span.code for span in found}) == len(found)
    assert {kind_of(span.code) for span in found} == {kind}


@pytest.mark.parametrize("kind", [Frequency.DAILY, Frequency.WEEKLY])
def test_days_and_weeks_are_no_periods(kind: Frequency) -> None:
    with pytest.raises(ValueError, match="no kind of period"):
        periods_of(kind, date(2026, 1, 1), date(2026, 1, 31))


def test_a_cycle_that_ends_before_it_starts_has_none() -> None:
    with pytest.raises(ValueError, match="ends after"):
        periods_of(Frequency.MONTHLY, date(2026, 2, 1), date(2026, 1, 31))


def test_one_day_is_one_period() -> None:
    day = date(2026, 5, 5)
    assert periods_of(Frequency.MONTHLY, day, day) == [PeriodSpan("2026-05", day, day)]
