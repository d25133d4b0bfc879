"""Is the right thing due by a day, and asked for in the right proportion?"""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.aggregation import Entry, GrowthMeasure, Measure, MilestoneMeasure, ValueMeasure, actual, parse_on
from app.rules.methods import Point, Scoring, achievement
from app.rules.progress import AgreedKpi, Elapsed, SpanTarget, in_period, in_proportion, in_segment, is_settled, to_date
from app.rules.vocabulary import Aggregation, Frequency, Method

SUM = ValueMeasure(Aggregation.SUM)
LAST = ValueMeasure(Aggregation.LAST)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
LATER = date(2027, 6, 1)
JAN = date(2026, 1, 31)
FEB = date(2026, 2, 28)


def entry(on: str, value: str = "1", *, reached: tuple[str, ...] = ()) -> Entry:
    return Entry(on, *parse_on(on, halves=True), value=Decimal(value), reached=reached)


def week(sunday: date, value: str = "1") -> Entry:
    return Entry(sunday.isoformat(), sunday - timedelta(days=6), sunday, value=Decimal(value))


def kpi(
    *entries: Entry,
    measure: Measure = SUM,
    frequency: Frequency = Frequency.MONTHLY,
    scoring: Scoring | None = None,
    days: tuple[date, date] = YEAR,
    period_targets: tuple[SpanTarget, ...] = (),
) -> AgreedKpi:
    scoring = scoring or Scoring(Method.HIGHER, target=Fraction(365))
    return AgreedKpi(measure, scoring, frequency, *days, entries=entries, period_targets=period_targets)


def monthly_targets(*targets: int) -> tuple[SpanTarget, ...]:
    return tuple(
        SpanTarget(*parse_on(f"2026-{month:02}"), target=Fraction(target)) for month, target in enumerate(targets, 1)
    )


def test_a_sum_is_asked_for_in_proportion_to_the_days() -> None:
    standing = to_date(kpi(entry("2026-01"), entry("2026-02"), entry("2026-03")), FEB, LATER)
    assert [each.on for each in standing.entries] == ["2026-01", "2026-02"]
    assert (standing.scoring.target, standing.elapsed) == (Fraction(59), Elapsed(59, 365))
    assert ([slot.on for slot in standing.due], standing.unfilled) == (["2026-01", "2026-02"], ())


@pytest.mark.parametrize("aggregation", [each for each in Aggregation if each is not Aggregation.SUM])
def test_every_other_aggregation_is_asked_for_the_whole_target(aggregation: Aggregation) -> None:
    standing = to_date(kpi(entry("2026-01"), measure=ValueMeasure(aggregation)), JAN, LATER)
    assert (standing.scoring.target, standing.elapsed) == (Fraction(365), None)


def test_period_targets_add_up_to_the_target_to_date() -> None:
    standing = to_date(kpi(entry("2026-01"), period_targets=monthly_targets(10, 30, 325)), FEB, LATER)
    assert (standing.scoring.target, standing.elapsed) == (Fraction(40), None)


def test_where_nothing_was_to_be_reached_yet_nothing_is_due() -> None:
    standing = to_date(kpi(entry("2026-01"), period_targets=monthly_targets(0, 365)), JAN, LATER)
    assert (standing.can_be_scored, standing.is_due, standing.is_missing) == (False, False, False)


def test_a_quarterly_sum_is_measured_up_to_the_last_quarter_that_was_due() -> None:
    quarterly = kpi(entry("2026-Q1"), frequency=Frequency.QUARTERLY)
    assert to_date(quarterly, date(2026, 5, 31), LATER).scoring.target == Fraction(90)
    assert to_date(quarterly, date(2026, 6, 30), LATER).scoring.target == Fraction(181)


def test_an_entry_for_a_part_of_a_quarter_is_measured_up_to_its_own_last_day() -> None:
    standing = to_date(kpi(entry("2026-01"), frequency=Frequency.QUARTERLY), JAN, LATER)
    assert (standing.scoring.target, standing.is_due, len(standing.entries)) == (Fraction(31), False, 1)


def test_weeks_are_measured_up_to_their_last_sunday() -> None:
    weekly = kpi(week(date(2026, 1, 4)), week(date(2026, 1, 11)), frequency=Frequency.WEEKLY)
    standing = to_date(weekly, JAN, LATER)
    assert standing.scoring.target == Fraction(25)
    assert standing.unfilled == ("2026-01-18", "2026-01-25")


def test_weekly_sums_take_the_target_of_the_period_they_end_in() -> None:
    weekly = kpi(frequency=Frequency.WEEKLY, period_targets=monthly_targets(31, 28, 306))
    assert to_date(weekly, JAN, LATER).scoring.target == Fraction(31)
    assert in_period(weekly, date(2026, 2, 1), FEB, LATER).scoring.target == Fraction(28)


def test_before_its_quarter_ends_nothing_is_due_and_the_whole_target_is_shown() -> None:
    standing = to_date(kpi(frequency=Frequency.QUARTERLY), FEB, LATER)
    assert (standing.is_due, standing.is_missing, standing.scoring.target) == (False, False, Fraction(365))


def test_what_is_due_and_not_there_is_missing() -> None:
    standing = to_date(kpi(), JAN, LATER)
    assert (standing.is_due, standing.is_missing, standing.unfilled) == (True, True, ("2026-01",))


def test_in_days_to_come_nothing_is_due() -> None:
    standing = to_date(kpi(entry("2026-01")), FEB, date(2026, 2, 10))
    assert ([slot.on for slot in standing.due], standing.scoring.target) == (["2026-01"], Fraction(31))


def test_a_plan_that_begins_in_the_middle_counts_its_own_days() -> None:
    late = kpi(entry("2026-04"), days=(date(2026, 4, 16), YEAR[1]))
    standing = to_date(late, date(2026, 4, 30), LATER)
    assert standing.scoring.target == Fraction(365 * 15, 260)


def test_a_plan_that_was_replaced_keeps_asking_for_the_share_of_its_own_target() -> None:
    replaced = dataclasses.replace(kpi(entry("2026-01")), last_day=FEB, target_until=YEAR[1])
    assert to_date(replaced, FEB, LATER).scoring.target == Fraction(59)


def test_every_figure_on_the_side_of_the_actual_is_scaled() -> None:
    scoring = Scoring(
        Method.POINTS,
        low=Fraction(2),
        high=Fraction(4),
        points=(Point(Fraction(0), Fraction(50)), Point(Fraction(10), Fraction(100))),
        steps=(Point(Fraction(6), Fraction(1)),),
    )
    half = in_proportion(scoring, Elapsed(1, 2))
    assert half == Scoring(
        Method.POINTS,
        low=Fraction(1),
        high=Fraction(2),
        points=(Point(Fraction(0), Fraction(50)), Point(Fraction(5), Fraction(100))),
        steps=(Point(Fraction(3), Fraction(1)),),
    )


def test_a_period_stands_on_its_own() -> None:
    both = kpi(entry("2026-01", "31"), entry("2026-02", "14"))
    january = in_period(both, date(2026, 1, 1), JAN, LATER)
    february = in_period(both, date(2026, 2, 1), FEB, LATER)
    assert ([each.on for each in january.entries], january.scoring.target) == (["2026-01"], Fraction(31))
    assert ([each.on for each in february.entries], february.scoring.target) == (["2026-02"], Fraction(28))


def test_the_last_month_of_a_quarter_is_judged_by_the_quarter() -> None:
    quarterly = kpi(entry("2026-Q1"), frequency=Frequency.QUARTERLY, period_targets=monthly_targets(1, 2, 4))
    assert in_period(quarterly, date(2026, 2, 1), FEB, LATER).is_due is False
    march = in_period(quarterly, date(2026, 3, 1), date(2026, 3, 31), LATER)
    assert ([each.on for each in march.entries], march.scoring.target) == (["2026-Q1"], Fraction(7))


def test_growth_and_milestones_of_a_period_include_what_came_before() -> None:
    stages = MilestoneMeasure({"design": Fraction(30), "roll-out": Fraction(70)})
    entries = (entry("2026-01", reached=("design",)), entry("2026-02"))
    standing = in_period(kpi(*entries, measure=stages), date(2026, 2, 1), FEB, LATER)
    assert actual(stages, standing.entries) == 30
    growth = kpi(entry("2026-01", "100"), entry("2026-02", "110"), measure=GrowthMeasure())
    standing = in_period(growth, date(2026, 2, 1), FEB, LATER)
    assert actual(GrowthMeasure(), standing.entries) == 10
    assert in_period(growth, date(2026, 3, 1), date(2026, 3, 31), LATER).entries == ()


@pytest.mark.parametrize(
    ("made", "day", "settled"),
    [
        (kpi(), JAN, True),
        (kpi(measure=LAST), JAN, False),
        (kpi(measure=LAST), YEAR[1], True),
        (kpi(scoring=Scoring(Method.LOWER, target=Fraction(5))), JAN, False),
        (kpi(measure=MilestoneMeasure({"all": Fraction(100)})), JAN, True),
        (kpi(measure=LAST, frequency=Frequency.QUARTERLY, days=(date(2026, 1, 1), date(2026, 5, 31))), FEB, False),
        (
            kpi(measure=LAST, frequency=Frequency.QUARTERLY, days=(date(2026, 1, 1), date(2026, 5, 31))),
            date(2026, 3, 31),
            True,
        ),
    ],
)
def test_a_result_is_settled_when_no_entry_can_lower_it(made: AgreedKpi, day: date, settled: bool) -> None:
    assert is_settled(made, day) is settled


@given(
    elapsed=st.integers(1, 366).map(lambda days: Elapsed(days, 366)),
    target=st.integers(1, 10**6),
    reached=st.fractions(min_value=0, max_value=10**6),
    method=st.sampled_from([Method.HIGHER, Method.LOWER, Method.EXACT]),
)
def test_the_same_share_of_the_actual_gives_the_same_achievement(
    elapsed: Elapsed, target: int, reached: Fraction, method: Method
) -> None:
    whole = Scoring(method, target=Fraction(target))
    limits = (Fraction(0), Fraction(120))
    share = Fraction(*elapsed)
    assert achievement(whole, reached, *limits) == achievement(in_proportion(whole, elapsed), reached * share, *limits)


@given(last=st.dates(YEAR[0], YEAR[1]), today=st.dates(YEAR[0], LATER), frequency=st.sampled_from(list(Frequency)))
def test_the_target_to_date_never_exceeds_the_whole_and_never_falls_below_what_was_due(
    last: date, today: date, frequency: Frequency
) -> None:
    standing = to_date(kpi(frequency=frequency), last, today)
    assert standing.scoring.target is not None
    assert 0 < standing.scoring.target <= 365
    assert all(slot.last_day <= min(last, today) for slot in standing.due)
    assert standing.unfilled == tuple(slot.on for slot in standing.due)


def test_a_segment_is_asked_for_its_own_share() -> None:
    made = kpi(*(entry(f"2026-{month:02}") for month in range(1, 13)))
    whole = to_date(made, YEAR[1], YEAR[1])
    first = in_segment(made, YEAR[0], date(2026, 6, 30), date(2026, 6, 30))
    second = in_segment(made, date(2026, 7, 1), YEAR[1], YEAR[1])
    assert (first.elapsed, second.elapsed) == ((181, 365), (184, 365))
    assert [each.on for each in (*first.entries, *second.entries)] == [each.on for each in whole.entries]
    assert first.scoring.target == 181


def test_a_month_that_a_segment_cuts_counts_where_it_ends() -> None:
    made = kpi(*(entry(f"2026-{month:02}") for month in range(1, 5)))
    first = in_segment(made, YEAR[0], date(2026, 3, 14), date(2026, 3, 14))
    second = in_segment(made, date(2026, 3, 15), date(2026, 4, 30), date(2026, 4, 30))
    assert [each.on for each in first.entries] == ["2026-01", "2026-02"]
    assert [each.on for each in second.entries] == ["2026-03", "2026-04"]
    assert (first.elapsed, second.elapsed) == ((59, 365), (61, 365))
