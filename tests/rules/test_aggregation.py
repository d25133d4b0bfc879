"""Do entries become the right actual, on the right days, whatever way they are grouped?"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.aggregation import (
    Entry,
    GrowthMeasure,
    Measure,
    MilestoneMeasure,
    NotADate,
    RatingMeasure,
    RatioMeasure,
    Term,
    ValueMeasure,
    YesNoMeasure,
    actual,
    due_slots,
    parse_on,
)
from app.rules.faults import Refused
from app.rules.vocabulary import Aggregation, Frequency

ROI = RatioMeasure((Term("return"), Term("cost", -1)), (Term("cost"),), Fraction(100))
PROJECT = MilestoneMeasure({"design": Fraction(30), "build": Fraction(50), "launch": Fraction(20)})
BEGIN = date(2026, 1, 1)

money = st.decimals(min_value=0, max_value=10**9, places=2)


def valued(*pairs: tuple[str, str]) -> list[Entry]:
    return [Entry(on, *parse_on(on), Decimal(value)) for on, value in pairs]


def with_inputs(*pairs: tuple[str, Mapping[str, str]]) -> list[Entry]:
    return [
        Entry(on, *parse_on(on), inputs={name: Decimal(value) for name, value in inputs.items()})
        for on, inputs in pairs
    ]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (ValueMeasure(), Fraction(20)),
        (ValueMeasure(Aggregation.SUM), Fraction("65.5")),
        (ValueMeasure(Aggregation.AVERAGE), Fraction("65.5") / 3),
        (ValueMeasure(Aggregation.LAST), Fraction(20)),
        (ValueMeasure(Aggregation.MAX), Fraction(35)),
        (ValueMeasure(Aggregation.MIN), Fraction("10.5")),
        (RatingMeasure(), Fraction(20)),
        (RatingMeasure(Aggregation.AVERAGE), Fraction("65.5") / 3),
        (GrowthMeasure(), (Fraction(20) - Fraction("10.5")) / Fraction("10.5") * 100),
        (GrowthMeasure(Fraction(-10)), Fraction(300)),
    ],
)
def test_numbers_become_the_actual_in_the_order_of_their_last_days(measure: Measure, expected: Fraction) -> None:
    entries = valued(("2026-05", "35"), ("2026-Q2", "20"), ("2026-01", "10.5"))
    assert actual(measure, entries) == expected


@pytest.mark.parametrize("measure", [ValueMeasure(), ROI, GrowthMeasure(), PROJECT, YesNoMeasure(), RatingMeasure()])
def test_without_entries_there_is_no_actual(measure: Measure) -> None:
    assert actual(measure, []) is None


def test_a_ratio_is_one_of_sums_and_no_mean_of_ratios() -> None:
    entries = with_inputs(("2026-01", {"return": "150", "cost": "100"}), ("2026-02", {"return": "1000", "cost": "900"}))
    assert actual(ROI, entries) == Fraction(15)


def test_a_ratio_to_nothing_is_no_data() -> None:
    assert actual(ROI, with_inputs(("2026-01", {"return": "0", "cost": "0"}))) is None


@pytest.mark.parametrize(
    ("inputs", "at", "code"),
    [
        ({"return": "5", "cost": "-1"}, "entries", "negative_denominator"),
        ({"return": "5"}, "entries[0].inputs.cost", "required"),
    ],
)
def test_a_ratio_refuses_what_it_cannot_divide_by(inputs: Mapping[str, str], at: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        actual(ROI, with_inputs(("2026-01", inputs)))
    assert (refusal.value.fault.at, refusal.value.fault.code) == (at, code)


def test_growth_needs_two_levels_or_a_base() -> None:
    one = valued(("2026-01", "110"))
    assert actual(GrowthMeasure(), one) is None
    assert actual(GrowthMeasure(Fraction(100)), one) == 10


def test_growth_from_nothing_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        actual(GrowthMeasure(), valued(("2026-02", "5"), ("2026-01", "0")))
    assert (refusal.value.fault.at, refusal.value.fault.code) == ("entries[1].value", "base_is_0")


def test_a_milestone_once_reached_stays_reached() -> None:
    days = ["2026-01", "2026-02", "2026-03"]
    reached = [("design",), ("build", "design"), ()]
    entries = [Entry(on, *parse_on(on), reached=names) for on, names in zip(days, reached, strict=True)]
    assert [actual(PROJECT, entries[:count]) for count in (1, 2, 3)] == [30, 80, 80]


def test_the_last_yes_or_no_counts() -> None:
    assert actual(YesNoMeasure(), valued(("2026-03", "0"), ("2026-01", "1"))) == 0
    assert actual(YesNoMeasure(), valued(("2026-01", "0"), ("2026-03", "1"))) == 1


daily = st.lists(st.tuples(money, money), min_size=1, max_size=30)


@given(daily, st.randoms(use_true_random=False))
def test_a_ratio_does_not_depend_on_how_days_are_grouped(days: list[tuple[Decimal, Decimal]], chance: Random) -> None:
    single = [
        Entry(f"{place}", BEGIN + timedelta(place), BEGIN + timedelta(place), None, {"return": gain, "cost": cost})
        for place, (gain, cost) in enumerate(days)
    ]
    cut = chance.randint(0, len(days))
    groups = [group for group in (single[:cut], single[cut:]) if group]
    grouped = [
        Entry(
            on=f"group {place}",
            first_day=group[0].first_day,
            last_day=group[-1].last_day,
            inputs={name: sum((entry.inputs[name] for entry in group), Decimal(0)) for name in ("return", "cost")},
        )
        for place, group in enumerate(groups)
    ]
    chance.shuffle(grouped)
    assert actual(ROI, single) == actual(ROI, grouped)


@given(st.lists(money, min_size=1, max_size=12), st.sampled_from(Aggregation), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_given_changes_nothing(
    values: list[Decimal], aggregation: Aggregation, chance: Random
) -> None:
    days = [BEGIN + timedelta(place) for place in range(len(values))]
    entries = [Entry(day.isoformat(), day, day, value) for day, value in zip(days, values, strict=True)]
    shuffled = entries[:]
    chance.shuffle(shuffled)
    for measure in (ValueMeasure(aggregation), GrowthMeasure(Fraction(7))):
        assert actual(measure, entries) == actual(measure, shuffled)


@pytest.mark.parametrize(
    ("on", "first", "last"),
    [
        ("2026-01-15", date(2026, 1, 15), date(2026, 1, 15)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("0001", date(1, 1, 1), date(1, 12, 31)),
        ("9999-12-31", date(9999, 12, 31), date(9999, 12, 31)),
    ],
)
def test_a_code_stands_for_its_days(on: str, first: date, last: date) -> None:
    assert parse_on(on) == (first, last)


def test_half_years_are_read_where_they_are_asked_for() -> None:
    assert parse_on("2026-H1", halves=True) == (date(2026, 1, 1), date(2026, 6, 30))
    assert parse_on("2026-H2", halves=True) == (date(2026, 7, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    "on",
    [
        *(
            "",
            "26",
            "0000",
            "2026-13",
            "2026-00",
            "2026-1",
            "2026-02-29",
            "2026-04-31",
            "2026-01-00",
            "2026-Q0",
            "2026-Q5",
        ),
        *(
            "2026-q1",
            "2026-H1",
            "2026-W05",
            "2026-01-15T00:00",
            " 2026",
            "2026\n",
            "20260115",
            "\u0662\u0660\u0662\u0666",
        ),
    ],
)
def test_other_codes_are_refused(on: str) -> None:
    with pytest.raises(NotADate):
        parse_on(on)


@pytest.mark.parametrize(
    ("frequency", "codes"),
    [
        (Frequency.DAILY, ["2026-03-29", "2026-03-30", "2026-03-31", "2026-04-01"]),
        (Frequency.WEEKLY, ["2026-03-29"]),
        (Frequency.MONTHLY, ["2026-03"]),
        (Frequency.QUARTERLY, ["2026-Q1"]),
        (Frequency.HALF_YEARLY, []),
        (Frequency.YEARLY, []),
    ],
)
def test_an_entry_is_due_in_the_span_in_which_it_ends(frequency: Frequency, codes: list[str]) -> None:
    slots = due_slots(frequency, date(2026, 3, 29), date(2026, 4, 1))
    assert [slot.on for slot in slots] == codes


@pytest.mark.parametrize(
    ("frequency", "count"),
    [
        (Frequency.DAILY, 365),
        (Frequency.WEEKLY, 52),
        (Frequency.MONTHLY, 12),
        (Frequency.QUARTERLY, 4),
        (Frequency.HALF_YEARLY, 2),
        (Frequency.YEARLY, 1),
    ],
)
def test_a_year_has_all_its_slots_and_each_day_belongs_to_one(frequency: Frequency, count: int) -> None:
    slots = due_slots(frequency, date(2026, 1, 1), date(2026, 12, 31))
    assert len(slots) == count
    for before, after in pairwise(slots):
        assert after.first_day == before.last_day + timedelta(1)


def test_a_week_goes_by_the_name_of_its_sunday() -> None:
    assert due_slots(Frequency.WEEKLY, date(2026, 1, 4), date(2026, 1, 10)) == [
        ("2026-01-04", date(2025, 12, 29), date(2026, 1, 4))
    ]


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 800), st.integers(0, 800), st.sampled_from(Frequency)
)
def test_cutting_a_span_in_two_loses_no_slot(first: date, one: int, two: int, frequency: Frequency) -> None:
    middle, last = first + timedelta(one), first + timedelta(one + two + 1)
    halves = due_slots(frequency, first, middle) + due_slots(frequency, middle + timedelta(1), last)
    assert due_slots(frequency, first, last) == halves
