"""Do the marks of charts stand where the numbers are?"""

import dataclasses
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.rules.charts import Scale, bullet, score_scale, trend_axis, trend_bars
from app.rules.scorecard import Trend
from tests import samples

SCALE = Scale(Decimal(0), Decimal(120), (Decimal(50), Decimal(70), Decimal(90), Decimal(110)))
scores = st.decimals(min_value=-50, max_value=200, places=2)


def test_a_bullet_graph_in_full() -> None:
    chart = bullet(Decimal("90.00"), SCALE, 240, 20, previous=Decimal("60.00"))
    assert [(mark.x, mark.width, mark.shade) for mark in chart.ranges] == [
        (Decimal("0.00"), Decimal("100.00"), 0),
        (Decimal("100.00"), Decimal("40.00"), 1),
        (Decimal("140.00"), Decimal("40.00"), 2),
        (Decimal("180.00"), Decimal("40.00"), 3),
        (Decimal("220.00"), Decimal("20.00"), 4),
    ]
    assert chart.bar is not None
    assert (chart.bar.x, chart.bar.width) == (Decimal("0.00"), Decimal("180.00"))
    assert (chart.target_at, chart.previous_at) == (Decimal("200.00"), Decimal("120.00"))


def test_no_score_has_no_bar_but_zero_has_a_sliver() -> None:
    assert bullet(None, SCALE, 240, 20).bar is None
    zero = bullet(Decimal(0), SCALE, 240, 20).bar
    assert zero is not None
    assert zero.width == Decimal("0.60")


def test_a_negative_score_grows_to_the_left_of_zero() -> None:
    chart = bullet(Decimal(-20), Scale(Decimal(-40), Decimal(120)), 160, 20)
    assert chart.bar is not None
    assert (chart.bar.x, chart.bar.width) == (Decimal("20.00"), Decimal("20.00"))


def test_of_more_than_five_grades_the_lowest_share_a_range() -> None:
    many = Scale(Decimal(0), Decimal(120), tuple(Decimal(bound) for bound in range(10, 120, 10)))
    ranges = bullet(None, many, 120, 20).ranges
    assert [(int(each.x), int(each.width)) for each in ranges] == [(0, 80), (80, 10), (90, 10), (100, 10), (110, 10)]


def test_the_shades_of_few_grades_are_spread() -> None:
    two = Scale(Decimal(0), Decimal(100), (Decimal(60),))
    assert [each.shade for each in bullet(None, two, 100, 20).ranges] == [0, 4]
    assert [each.shade for each in bullet(None, Scale(Decimal(0), Decimal(100)), 100, 20).ranges] == [0]


def test_labels_give_way_to_more_important_ones() -> None:
    near = Scale(Decimal(0), Decimal(120), (Decimal(50), Decimal(98), Decimal(119)))
    assert [int(tick.value) for tick in bullet(None, near, 240, 20, font_size=9).ticks] == [0, 50, 100, 120]


@given(scores, st.lists(st.decimals(min_value=1, max_value=119, places=2), unique=True, max_size=8))
def test_marks_stay_inside_and_labels_apart(score: Decimal, bounds: list[Decimal]) -> None:
    chart = bullet(score, Scale(Decimal(0), Decimal(120), tuple(sorted(bounds))), 240, 20, previous=score)
    assert chart.bar is not None
    assert chart.bar.x >= 0
    assert chart.bar.x + chart.bar.width <= 240 + Decimal("0.60")
    assert chart.previous_at is not None
    assert 0 <= chart.previous_at <= 240
    assert sum(each.width for each in chart.ranges) - 240 < Decimal("0.05")
    assert all(one.label_at < other.label_at for one, other in pairwise(chart.ticks))
    assert all(0 <= tick.label_at < 240 for tick in chart.ticks)


@given(st.lists(scores, min_size=2, max_size=2))
def test_a_higher_score_never_has_the_shorter_bar(two: list[Decimal]) -> None:
    short, long = (bullet(score, SCALE, 172, 20).bar for score in sorted(two))
    assert short is not None
    assert long is not None
    assert short.width <= long.width


def trend(*achievements: str | None) -> tuple[Trend, ...]:
    return tuple(
        Trend(f"2026-{place:02}", None, None if value is None else Decimal(value), is_due=True)
        for place, value in enumerate(achievements, 1)
    )


def test_a_trend_shows_gaps_as_gaps() -> None:
    chart = trend_bars(trend("60", None, "0", "120"), SCALE, 100, 24, current="2026-03")
    assert [(bar.y, bar.height) for bar in chart.bars] == [
        (Decimal("12.00"), Decimal("12.00")),
        (None, None),
        (Decimal("23.40"), Decimal("0.60")),
        (Decimal("0.00"), Decimal("24.00")),
    ]
    assert [bar.is_current for bar in chart.bars] == [False, False, True, False]
    assert (chart.target_y, chart.zero_y) == (Decimal("4.00"), Decimal("24.00"))


def test_every_trend_shares_its_time_axis() -> None:
    full, empty = trend_bars(trend("1", "2", "3"), SCALE, 90, 24), trend_bars(trend(None, None, None), SCALE, 90, 24)
    assert [bar.x for bar in full.bars] == [bar.x for bar in empty.bars]
    labels = trend_axis(trend("1", "2", "3"), 90, 8)
    assert [label.text for label in labels] == ["1", "2", "3"]
    assert [label.x for label in labels] == [Decimal("12.68"), Decimal("42.68"), Decimal("72.68")]


def test_labels_that_would_touch_are_left_out() -> None:
    weeks = tuple(Trend(f"2026-{place:02}", None, None, is_due=False) for place in range(1, 53))
    texts = [label.text for label in trend_axis(weeks, 168, 8)]
    assert texts == [str(place) for place in range(1, 53, 3)]


def test_without_periods_there_is_nothing_to_draw() -> None:
    assert trend_bars((), SCALE, 100, 24).bars == ()
    assert trend_axis((), 100, 8) == ()


def test_the_scale_is_that_of_the_policy() -> None:
    card = samples.ten_kpis()
    policy = dataclasses.replace(card.policy, floor=Decimal("-20.00"), cap=Decimal("110.00"))
    assert score_scale(policy, card.result) == Scale(
        Decimal(-20), Decimal(110), (Decimal(0), Decimal(50), Decimal(70), Decimal(90))
    )
