"""Late, changed, missing, looked over: is each told exactly when it is so?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.data_quality import (
    Check,
    CheckState,
    Flag,
    Recorded,
    Tally,
    check_state,
    due_on,
    flags_of,
    is_missing,
    tally,
)
from app.rules.vocabulary import CheckVerdict

JANUARY = date(2026, 1, 31)
OK, QUESTIONED = CheckVerdict.OK, CheckVerdict.QUESTIONED


@pytest.mark.parametrize(
    ("day", "grace", "is_late"),
    [
        (date(2026, 1, 5), 7, False),
        (date(2026, 2, 7), 7, False),
        (date(2026, 2, 8), 7, True),
        (JANUARY, 0, False),
        (date(2026, 2, 1), 0, True),
    ],
)
def test_late_is_after_the_days_of_grace(day: date, grace: int, is_late: bool) -> None:
    recorded = Recorded(JANUARY, day, 0, CheckState.NONE)
    assert flags_of(recorded, grace) == ((Flag.LATE,) if is_late else ())
    assert is_missing(JANUARY, grace, day) is is_late


@pytest.mark.parametrize(
    ("state", "flag"),
    [
        (CheckState.OK, Flag.VERIFIED),
        (CheckState.QUESTIONED, Flag.QUESTIONED),
        (CheckState.LAPSED, Flag.LAPSED),
    ],
)
def test_everything_at_once(state: CheckState, flag: Flag) -> None:
    assert flags_of(Recorded(JANUARY, date(2026, 3, 1), 2, state), 7) == (Flag.LATE, Flag.CHANGED, flag)


@pytest.mark.parametrize(
    ("version", "checks", "state"),
    [
        (1, [], CheckState.NONE),
        (1, [Check(1, OK)], CheckState.OK),
        (1, [Check(1, QUESTIONED)], CheckState.QUESTIONED),
        (1, [Check(1, OK), Check(1, QUESTIONED)], CheckState.QUESTIONED),
        (1, [Check(1, QUESTIONED), Check(1, OK)], CheckState.OK),
        (2, [Check(1, OK)], CheckState.LAPSED),
        (2, [Check(1, QUESTIONED)], CheckState.NONE),
        (2, [Check(1, OK), Check(1, QUESTIONED)], CheckState.LAPSED),
        (2, [Check(1, OK), Check(2, OK)], CheckState.OK),
        (3, [Check(1, QUESTIONED), Check(2, OK), Check(3, QUESTIONED)], CheckState.QUESTIONED),
    ],
)
def test_a_check_counts_for_the_version_that_was_seen(version: int, checks: list[Check], state: CheckState) -> None:
    assert check_state(version, checks) is state


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.integers(-100, 100))
def test_who_records_when_it_is_not_missing_is_in_time(last_day: date, grace: int, distance: int) -> None:
    today = last_day + timedelta(days=distance)
    is_late = Flag.LATE in flags_of(Recorded(last_day, today, 0, CheckState.NONE), grace)
    assert is_late is is_missing(last_day, grace, today) is (today > due_on(last_day, grace))


def test_a_tally_counts_every_flag_and_what_lacks() -> None:
    recorded = [
        Recorded(JANUARY, date(2026, 2, 7), 0, CheckState.OK),
        Recorded(JANUARY, date(2026, 2, 8), 3, CheckState.QUESTIONED),
        Recorded(JANUARY, date(2026, 2, 9), 1, CheckState.LAPSED),
    ]
    found = tally(recorded, [JANUARY, date(2026, 2, 1)], 7, date(2026, 2, 8))
    assert found == Tally(there=3, lacking=2, missing=1, late=2, changed=2, verified=1, questioned=1)
    assert (found.due, found + Tally()) == (5, found)
    assert found + found == Tally(there=6, lacking=4, missing=2, late=4, changed=4, verified=2, questioned=2)
