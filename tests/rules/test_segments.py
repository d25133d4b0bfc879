"""Does a cycle fall into the segments that really were, and do they come to their day-weighted mean?"""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.rules.segments import Segment, segments, together
from app.rules.timeline import Span

JANUARY, DECEMBER = date(2026, 1, 1), date(2026, 12, 31)
JULY = date(2026, 7, 1)
MONA, OMAR = 2, 3


def test_a_year_with_one_plan_and_one_manager_is_one_segment() -> None:
    lines = [Span(date(2020, 1, 1), None, MONA)]
    assert segments([(JANUARY, DECEMBER)], lines, date(2026, 3, 31)) == (Segment(0, JANUARY, date(2026, 3, 31), MONA),)


def test_another_manager_begins_another_segment() -> None:
    lines = [Span(date(2020, 1, 1), date(2026, 6, 30), MONA), Span(JULY, None, OMAR)]
    found = segments([(JANUARY, DECEMBER)], lines, DECEMBER)
    assert found == (Segment(0, JANUARY, date(2026, 6, 30), MONA), Segment(0, JULY, DECEMBER, OMAR))
    assert [segment.days for segment in found] == [181, 184]


def test_a_new_plan_version_begins_another_segment_and_ends_the_one_before() -> None:
    lines = [Span(date(2020, 1, 1), None, MONA)]
    found = segments([(JANUARY, DECEMBER), (JULY, DECEMBER)], lines, DECEMBER)
    assert found == (Segment(0, JANUARY, date(2026, 6, 30), MONA), Segment(1, JULY, DECEMBER, MONA))


def test_what_has_not_begun_yet_is_no_segment() -> None:
    lines = [Span(date(2020, 1, 1), date(2026, 6, 30), MONA), Span(JULY, None, OMAR)]
    found = segments([(JANUARY, date(2026, 6, 30)), (JULY, DECEMBER)], lines, date(2026, 5, 31))
    assert found == (Segment(0, JANUARY, date(2026, 5, 31), MONA),)


def test_a_version_that_was_replaced_from_its_first_day_is_no_segment() -> None:
    assert [segment.plan for segment in segments([(JANUARY, DECEMBER), (JANUARY, DECEMBER)], [], DECEMBER)] == [1]


def test_a_time_without_manager_counts_for_the_one_before() -> None:
    lines = [Span(JANUARY, date(2026, 3, 31), MONA), Span(date(2026, 5, 1), None, MONA)]
    assert len(segments([(JANUARY, DECEMBER)], lines, DECEMBER)) == 1
    late = [Span(date(2026, 5, 1), None, MONA)]
    assert segments([(JANUARY, DECEMBER)], late, DECEMBER) == (Segment(0, JANUARY, DECEMBER, MONA),)


def test_the_total_is_the_day_weighted_mean_of_segments_that_have_one() -> None:
    assert together([(Fraction(80), 90), (Fraction(110), 275)]) == Fraction(80 * 90 + 110 * 275, 365)
    assert together([(None, 90), (Fraction(110), 275)]) == 110
    assert together([(None, 90)]) is None


days = st.dates(JANUARY, DECEMBER)


@given(starts=st.sets(days, max_size=4), changes=st.sets(days, max_size=5), until=days, data=st.data())
def test_segments_cover_every_day_once(starts: set[date], changes: set[date], until: date, data: st.DataObject) -> None:
    plans = [(first, DECEMBER) for first in sorted({JANUARY, *starts})]
    managers = [data.draw(st.integers(1, 3)) for _ in changes]
    firsts = sorted(changes)
    lasts = [first - timedelta(days=1) for first in firsts[1:]]
    lines = [Span(f, last, m) for f, last, m in zip(firsts, [*lasts, None][: len(firsts)], managers, strict=True)]
    found = segments(plans, lines, until)
    covered = [segment.first_day + timedelta(days=number) for segment in found for number in range(segment.days)]
    assert covered == [JANUARY + timedelta(days=number) for number in range((until - JANUARY).days + 1)]
    same = [(one.plan, one.manager_id) == (other.plan, other.manager_id) for one, other in pairwise(found)]
    assert not any(same)
