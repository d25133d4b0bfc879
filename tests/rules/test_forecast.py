"""Does a forecast go on as it went, explain itself, and stay silent where nothing can be foretold?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.aggregation import (
    Entry,
    GrowthMeasure,
    Measure,
    MilestoneMeasure,
    RatingMeasure,
    RatioMeasure,
    Term,
    ValueMeasure,
    YesNoMeasure,
    actual,
    parse_on,
)
from app.rules.forecast import Forecast, Unforeseen, forecast, of_total
from app.rules.methods import Scoring, achievement
from app.rules.policy import Policy
from app.rules.progress import AgreedKpi, SpanTarget, to_date
from app.rules.vocabulary import Aggregation, Frequency, Language, Method
from app.working import working_text

POLICY = Policy()
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
SUM = ValueMeasure(Aggregation.SUM)


def month(number: int, value: str) -> Entry:
    on = f"2026-{number:02}"
    return Entry(on, *parse_on(on), value=Decimal(value))


def kpi(*entries: Entry, measure: Measure = SUM, target: int = 365, targets: tuple[SpanTarget, ...] = ()) -> AgreedKpi:
    scoring = Scoring(Method.HIGHER, target=Fraction(target))
    return AgreedKpi(measure, scoring, Frequency.MONTHLY, *YEAR, entries=entries, period_targets=targets)


def foretold(agreed: AgreedKpi, last_month: int) -> Forecast | Unforeseen:
    last = parse_on(f"2026-{last_month:02}")[1]
    standing = to_date(agreed, last, last)
    return forecast(agreed, standing, actual(agreed.measure, standing.entries), POLICY)


def test_a_sum_goes_on_by_the_days_that_have_figures() -> None:
    found = foretold(kpi(month(1, "20"), month(2, "30"), month(3, "31")), 3)
    assert isinstance(found, Forecast)
    assert (found.actual, found.share) == (Fraction(81 * 365, 90), Fraction(90, 365))
    assert working_text(found.working, Language.INDONESIAN, is_grouped=True) == "81 × 365 / 90 = 328,5 → 90,00"


def test_a_month_without_figures_is_not_taken_for_zero() -> None:
    with_gap = foretold(kpi(month(1, "31"), month(3, "31"), month(4, "30")), 4)
    assert isinstance(with_gap, Forecast)
    assert with_gap.actual == 365
    assert with_gap.share == Fraction(92, 365)


def test_targets_of_periods_say_how_much_is_still_to_come() -> None:
    """A year that earns half of its target in December."""
    shares = [10] * 5 + [0] * 6 + [50]
    targets = tuple(SpanTarget(*parse_on(f"2026-{n:02}"), target=Fraction(t)) for n, t in enumerate(shares, 1))
    found = foretold(kpi(*(month(n, "8") for n in range(1, 4)), target=100, targets=targets), 3)
    assert isinstance(found, Forecast)
    assert (found.actual, found.achievement) == (Fraction(80), Fraction(80))
    assert "".join(found.working) == "24 × 100 / 30 = 80 → 80.00"


@pytest.mark.parametrize("aggregation", [Aggregation.AVERAGE, Aggregation.LAST, Aggregation.MAX, Aggregation.MIN])
def test_a_level_stays_where_it_is(aggregation: Aggregation) -> None:
    found = foretold(
        kpi(month(1, "70"), month(2, "80"), month(3, "90"), measure=ValueMeasure(aggregation), target=80), 3
    )
    expected = {"average": 80, "last": 90, "max": 90, "min": 70}[aggregation.value]
    assert isinstance(found, Forecast)
    assert found.actual == expected
    assert working_text(found.working, Language.ENGLISH).startswith(f"{expected} (goes on as it is) → ")


@pytest.mark.parametrize(
    "measure",
    [
        GrowthMeasure(),
        MilestoneMeasure({"design": Fraction(100)}),
        RatingMeasure(Aggregation.LAST),
        YesNoMeasure(),
    ],
)
def test_nothing_is_foretold_of_what_goes_on_by_no_rule(measure: Measure) -> None:
    agreed = kpi(month(1, "1"), month(2, "1"), month(3, "1"), measure=measure)
    assert forecast(agreed, to_date(agreed, YEAR[1], YEAR[1]), Fraction(1), POLICY) is Unforeseen.KIND


def test_when_nothing_is_foretold() -> None:
    months = [month(n, "30") for n in range(1, 13)]
    assert foretold(kpi(), 3) is Unforeseen.NO_DATA
    assert foretold(kpi(*months[:2]), 2) is Unforeseen.TOO_EARLY
    quarter = Entry("2026-Q1", *parse_on("2026-Q1"), value=Decimal(90))
    assert foretold(kpi(quarter), 3) is Unforeseen.TOO_EARLY  # one figure is no course
    assert foretold(kpi(*months), 12) is Unforeseen.COMPLETE
    assert foretold(replace(kpi(*months[:6]), target_until=date(2027, 3, 31)), 6) is Unforeseen.REPLACED
    up_and_down = tuple(SpanTarget(*parse_on(f"2026-{n:02}"), target=Fraction(t)) for n, t in ((1, 5), (2, -5), (3, 0)))
    assert foretold(kpi(*months[:3], targets=up_and_down), 3) is Unforeseen.NO_TARGET


def test_days_in_two_entries_count_once() -> None:
    quarter = Entry("2026-Q1", *parse_on("2026-Q1"), value=Decimal(1))
    found = foretold(kpi(quarter, month(3, "1"), month(4, "1")), 4)
    assert isinstance(found, Forecast)
    assert found.share == Fraction(120, 365)


def test_a_ratio_stays_where_it_is() -> None:
    measure = RatioMeasure((Term("won"),), (Term("leads"),), Fraction(100))
    entries = [
        Entry(f"2026-{n:02}", *parse_on(f"2026-{n:02}"), inputs={"won": Decimal(n), "leads": Decimal(10)})
        for n in (1, 2, 3)
    ]
    found = foretold(kpi(*entries, measure=measure, target=20), 3)
    assert isinstance(found, Forecast)
    assert (found.actual, found.achievement) == (Fraction(20), Fraction(100))


values = st.lists(st.integers(1, 900), min_size=3, max_size=11)


@given(values)
def test_a_sum_without_gaps_ends_as_it_stands_to_date(figures: list[int]) -> None:
    """The forecast of the year and the score to date are one and the same judgement."""
    agreed = kpi(*(month(n, str(value)) for n, value in enumerate(figures, 1)), target=4000)
    last = agreed.entries[-1].last_day
    standing = to_date(agreed, last, last)
    reached = actual(agreed.measure, standing.entries)
    assert reached is not None
    found = forecast(agreed, standing, reached, POLICY)
    assert isinstance(found, Forecast)
    assert found.achievement == achievement(standing.scoring, reached, POLICY.floor, POLICY.cap)[1]
    assert found.actual * found.share == reached == list(accumulate(figures))[-1]
    assert POLICY.floor <= found.achievement <= POLICY.cap


@given(values, st.integers(1, 50))
def test_who_records_more_is_never_foretold_less(figures: list[int], more: int) -> None:
    plain = [month(n, str(value)) for n, value in enumerate(figures, 1)]
    raised = [*plain[:-1], month(len(figures), str(figures[-1] + more))]
    one, other = foretold(kpi(*plain), len(figures)), foretold(kpi(*raised), len(figures))
    assert isinstance(one, Forecast)
    assert isinstance(other, Forecast)
    assert other.actual > one.actual
    assert other.achievement >= one.achievement


def test_the_total_needs_forecasts_of_half_of_the_plan() -> None:
    good, bad = (Forecast(Fraction(1), Fraction(score), Fraction(1, 2), ()) for score in (110, 80))
    assert of_total([(Decimal(30), good), (Decimal(20), bad), (Decimal(50), Unforeseen.KIND)], POLICY) == (
        Decimal("98.00"),
        "good",
        Decimal("50.00"),
    )
    assert of_total([(Decimal("49.99"), good), (Decimal("50.01"), Unforeseen.KIND)], POLICY) is None
    assert of_total([], POLICY) is None
