"""Does history stay whole when something changes from a day on?"""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.rules.timeline import Span, changed, circle, moved, overlap, value_on

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in range(1, 5))
DAY = timedelta(1)
DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))
VALUES = st.sampled_from(["a", "b", "c", None])


def test_a_change_ends_the_old_the_day_before() -> None:
    assert changed([Span(JAN, None, "a")], MAR, "b") == [Span(JAN, date(2026, 2, 28), "a"), Span(MAR, None, "b")]


def test_nothing_from_a_day_on_leaves_a_gap() -> None:
    assert changed([Span(JAN, None, "a")], MAR, None) == [Span(JAN, date(2026, 2, 28), "a")]


def test_a_change_on_the_first_day_replaces() -> None:
    assert changed([Span(JAN, None, "a")], JAN, "b") == [Span(JAN, None, "b")]


def test_a_planned_change_stays() -> None:
    before = [Span(JAN, MAR - DAY, "a"), Span(MAR, None, "c")]
    assert changed(before, FEB, "b") == [Span(JAN, FEB - DAY, "a"), Span(FEB, MAR - DAY, "b"), Span(MAR, None, "c")]


def test_taking_a_change_back_joins_what_was_one() -> None:
    parted = changed([Span(JAN, None, "a")], FEB, "b")
    assert changed(parted, FEB, "a") == [Span(JAN, None, "a")]


def test_nothing_holds_beyond_the_last_day() -> None:
    assert changed([Span(JAN, MAR, "a")], FEB, "b", until=MAR) == [Span(JAN, FEB - DAY, "a"), Span(FEB, MAR, "b")]
    assert changed([Span(JAN, MAR, "a")], APR, "b", until=MAR) == [Span(JAN, MAR, "a")]


def test_leaving_cuts_and_staying_restores() -> None:
    spans = [Span(JAN, FEB - DAY, "a"), Span(FEB, None, "b")]
    left = moved(spans, (JAN, None), (JAN, MAR))
    assert left == [Span(JAN, FEB - DAY, "a"), Span(FEB, MAR, "b")]
    assert moved(left, (JAN, MAR), (JAN, None)) == spans


def test_leaving_before_a_planned_change_drops_it() -> None:
    spans = [Span(JAN, MAR - DAY, "a"), Span(MAR, None, "b")]
    assert moved(spans, (JAN, None), (JAN, FEB)) == [Span(JAN, FEB, "a")]


def test_another_day_of_joining_moves_the_beginning() -> None:
    assert moved([Span(FEB, None, "a")], (FEB, None), (JAN, None)) == [Span(JAN, None, "a")]
    assert moved([Span(JAN, None, "a")], (JAN, None), (FEB, None)) == [Span(FEB, None, "a")]
    # a line that began later, because the manager came later, keeps its day
    assert moved([Span(MAR, None, "a")], (FEB, None), (JAN, None)) == [Span(MAR, None, "a")]


@given(st.lists(st.tuples(DAYS, VALUES), max_size=6), DAYS)
def test_spans_never_overlap_and_days_before_a_change_keep_their_value(
    changes: list[tuple[date, str | None]], day: date
) -> None:
    spans: list[Span[str]] = []
    for changed_on, value in changes:
        before = spans
        spans = changed(spans, changed_on, value)
        assert value_on(spans, changed_on) == value
        if day < changed_on:
            assert value_on(spans, day) == value_on(before, day)
        assert all(one.last is not None and one.last < two.first for one, two in pairwise(spans))


def test_overlap_is_what_both_hold() -> None:
    assert overlap(Span(JAN, None, "a"), FEB, MAR) == (FEB, MAR)
    assert overlap(Span(JAN, FEB, "a"), MAR, None) is None
    assert overlap(Span(FEB, None, "a"), JAN, None) == (FEB, None)


LINES = {1: [Span(JAN, None, 2)], 2: [Span(JAN, FEB, 3), Span(MAR, None, 4)], 3: [], 4: []}


def test_a_circle_is_found_through_any_number_of_managers() -> None:
    assert circle(lambda key: LINES[key], 3, Span(JAN, None, 1)) == (1, 2, 3)
    assert circle(lambda key: LINES[key], 1, Span(JAN, None, 1)) == (1,)


def test_a_circle_needs_a_day_on_which_all_its_lines_hold() -> None:
    assert circle(lambda key: LINES[key], 3, Span(FEB + DAY, None, 1)) is None
    assert circle(lambda key: LINES[key], 4, Span(JAN, MAR - DAY, 1)) is None
    assert circle(lambda key: LINES[key], 4, Span(JAN, MAR, 1)) == (1, 2, 4)


def test_a_circle_among_others_ends_the_walk() -> None:
    lines = {1: [Span(JAN, None, 2)], 2: [Span(JAN, None, 1)], 3: []}
    assert circle(lambda key: lines[key], 3, Span(JAN, None, 1)) is None
