"""Is everybody reminded on the right day, never of what is long past, and never of two stages at once?"""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.rules.noticing import NoticeKind
from app.rules.reminders import FRESH, Calendar, anchors, kind_due

ENDS_ON = date(2026, 1, 31)
LONG_AGO = date(2020, 1, 1)
CALENDAR = Calendar(before=3, after=3, escalate=10)
DAY = timedelta(days=1)

SOON, OVERDUE, ESCALATED = (
    NoticeKind.ENTRIES_SOON,
    NoticeKind.ENTRIES_OVERDUE,
    NoticeKind.ENTRIES_ESCALATED,
)


def told(first: date, last: date, since: date = LONG_AGO) -> list[tuple[str, NoticeKind | None]]:
    """What is due on each day, shortened to the days on which it changes."""
    found: list[tuple[str, NoticeKind | None]] = []
    day = first
    while day <= last:
        kind = kind_due(CALENDAR.entries, ENDS_ON, day, since)
        if not found or found[-1][1] is not kind:
            found.append((f"{day:%m-%d}", kind))
        day += DAY
    return found


def test_one_stage_follows_the_other() -> None:
    assert told(date(2026, 1, 20), date(2026, 3, 1)) == [
        ("01-20", None),
        ("01-28", SOON),
        ("02-03", OVERDUE),
        ("02-10", ESCALATED),
        ("02-17", None),
    ]


def test_what_was_past_when_reminding_began_is_let_be() -> None:
    assert told(date(2026, 2, 1), date(2026, 2, 12), since=date(2026, 2, 4)) == [("02-01", None), ("02-10", ESCALATED)]
    assert told(date(2026, 3, 1), date(2026, 6, 1)) == [("03-01", None)]


@given(
    anchor=st.dates(LONG_AGO, date(2030, 1, 1)),
    shift=st.integers(-50, 80),
    begun=st.integers(-80, 80),
    before=st.integers(0, 20),
    after=st.integers(1, 20),
    more=st.integers(1, 30),
)
def test_a_reminder_is_fresh_and_within_its_anchors(
    anchor: date, shift: int, begun: int, before: int, after: int, more: int
) -> None:
    calendar = Calendar(before, after, after + more)
    today = anchor + shift * DAY
    since = today + begun * DAY
    for offsets in (calendar.entries, calendar.own_view, calendar.scoring, calendar.answer, calendar.closing):
        kind = kind_due(offsets, anchor, today, since)
        if kind is None:
            continue
        day = anchor + offsets[kind] * DAY
        assert since <= day <= today < day + FRESH
        first, last = anchors(offsets, today)
        assert first <= anchor <= last
        later = [offset for offset in offsets.values() if offset > offsets[kind]]
        assert all(anchor + offset * DAY > today for offset in later)
