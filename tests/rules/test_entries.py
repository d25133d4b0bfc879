"""Is every impossible figure refused with its reason, and does every span of days mean one thing?"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.entries import (
    Calendar,
    Figure,
    FigureForm,
    Span,
    entry_span,
    figure_faults,
    overlap_fault,
    slot_of,
    tidy,
)
from app.rules.faults import Fault
from app.rules.periods import periods_of
from app.rules.vocabulary import Frequency, MeasureKind, Method

VALUE = FigureForm(MeasureKind.VALUE, Method.HIGHER)
INVERSE = FigureForm(MeasureKind.VALUE, Method.LOWER_INVERSE)
RATIO = FigureForm(
    MeasureKind.RATIO,
    Method.HIGHER,
    inputs=("return", "cost", "refund"),
    denominator=(("cost", 1), ("refund", -1)),
)
STAGES = FigureForm(MeasureKind.MILESTONE, Method.MILESTONE, milestones=("draft", "signed"))
LEVEL = FigureForm(MeasureKind.RATING, Method.RATING, levels=5)
YES_NO = FigureForm(MeasureKind.YES_NO, Method.YES_NO)


def number(text: str) -> Figure:
    return Figure(value=Decimal(text))


def inputs(**values: str | None) -> Figure:
    return Figure(inputs={name: None if text is None else Decimal(text) for name, text in values.items()})


@pytest.mark.parametrize(
    ("form", "figure"),
    [
        (VALUE, number("0")),
        (VALUE, number("-12.5")),
        (VALUE, number("9" * 24 + "." + "9" * 9)),
        (VALUE, number("-" + "9" * 24)),
        (VALUE, number("0.1230000000000000")),
        (VALUE, number("1E+23")),
        (VALUE, number("0E+500")),
        (INVERSE, number("0")),
        (RATIO, inputs(**{"return": "-3", "cost": "5", "refund": "5"})),
        (STAGES, Figure()),
        (STAGES, Figure(reached=frozenset({"signed", "draft"}))),
        (LEVEL, number("1")),
        (LEVEL, number("5.000")),
        (YES_NO, number("0")),
        (YES_NO, number("1")),
    ],
)
def test_a_figure_that_can_be_is_accepted(form: FigureForm, figure: Figure) -> None:
    assert figure_faults(form, figure) == []


TOO_WIDE = Fault("value", "number_too_wide", {"before": "24", "after": "9"})
OUT_OF_RANGE = Fault("value", "level_out_of_range", {"levels": "5"})


@pytest.mark.parametrize(
    ("form", "figure", "faults"),
    [
        (VALUE, Figure(), [Fault("value", "required")]),
        (VALUE, number("1" + "0" * 24), [TOO_WIDE]),
        (VALUE, number("0.0000000001"), [TOO_WIDE]),
        (VALUE, number("1E+999999"), [TOO_WIDE]),
        (VALUE, number("1E-999999"), [TOO_WIDE]),
        (VALUE, number("NaN"), [Fault("value", "not_a_number")]),
        (VALUE, number("-Infinity"), [Fault("value", "not_a_number")]),
        (VALUE, inputs(cost="1"), [Fault("inputs", "not_of_measure")]),
        (VALUE, Figure(reached=frozenset({"draft"})), [Fault("reached", "not_of_measure")]),
        (INVERSE, number("-0.01"), [Fault("value", "negative")]),
        (
            RATIO,
            inputs(**{"return": "NaN", "cost": None, "profit": "3"}),
            [
                Fault("inputs.profit", "input_unknown", {"name": "profit"}),
                Fault("inputs.return", "not_a_number"),
                Fault("inputs.cost", "required"),
                Fault("inputs.refund", "required"),
            ],
        ),
        (
            RATIO,
            inputs(**{"return": "1", "cost": "999999999999999999999999.999999998", "refund": "9" * 24 + ".999999999"}),
            [Fault("inputs", "entry_denominator_negative", {"denominator": "0"})],
        ),
        (
            RATIO,
            inputs(**{"return": "1", "cost": "5", "refund": "6.5"}),
            [Fault("inputs", "entry_denominator_negative", {"denominator": "-1.5"})],
        ),
        (RATIO, number("3"), [Fault("value", "not_of_measure")]),
        (STAGES, Figure(reached=frozenset({"sung"})), [Fault("reached", "milestone_unknown", {"name": "sung"})]),
        (LEVEL, number("0"), [OUT_OF_RANGE]),
        (LEVEL, number("6"), [OUT_OF_RANGE]),
        (LEVEL, number("2.5"), [OUT_OF_RANGE]),
        (YES_NO, number("2"), [Fault("value", "not_yes_or_no")]),
    ],
)
def test_a_figure_that_cannot_be_is_refused_with_every_reason(
    form: FigureForm, figure: Figure, faults: list[Fault]
) -> None:
    assert figure_faults(form, figure) == faults


@given(
    st.integers(-(10**24) + 1, 10**24 - 1),
    st.integers(0, 10**9 - 1),
    st.integers(0, 20),
)
def test_a_number_is_kept_exactly_and_plainly(whole: int, decimals: int, zeros: int) -> None:
    typed = Decimal(f"{whole}.{decimals:09}{'0' * zeros}")
    assert figure_faults(VALUE, Figure(typed)) == []
    kept = tidy(typed)
    assert kept == typed
    assert kept.as_tuple().exponent in range(-9, 1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("-0", "0"), ("1E+3", "1000"), ("-0.00", "0"), ("7", "7"), ("0E-999999999", "0"), ("2.50", "2.50")],
)
def test_a_number_is_kept_without_exponent_and_without_minus_zero(typed: str, kept: str) -> None:
    assert str(tidy(Decimal(typed))) == kept


# --- Days -------------------------------------------------------------------------------------------------------------


def calendar(
    frequency: Frequency,
    first: date = date(2026, 1, 1),
    last: date = date(2026, 12, 31),
    kind: Frequency = Frequency.MONTHLY,
) -> Calendar:
    periods = tuple(Span(*span) for span in periods_of(kind, first, last))
    return Calendar(frequency, first, last, periods)


def span(on: str, first: str, last: str) -> Span:
    return Span(on, date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("frequency", "on", "expected"),
    [
        (Frequency.MONTHLY, "2026-02", span("2026-02", "2026-02-01", "2026-02-28")),
        (Frequency.MONTHLY, "2026-02-14", span("2026-02-14", "2026-02-14", "2026-02-14")),
        (Frequency.DAILY, "2026-02-14", span("2026-02-14", "2026-02-14", "2026-02-14")),
        (Frequency.DAILY, "2026-02", span("2026-02", "2026-02-01", "2026-02-28")),
        (Frequency.WEEKLY, "2026-02-01", span("2026-02-01", "2026-01-26", "2026-02-01")),
        (Frequency.WEEKLY, "2026-02", span("2026-02", "2026-02-01", "2026-02-28")),
        (Frequency.QUARTERLY, "2026-Q1", span("2026-Q1", "2026-01-01", "2026-03-31")),
        (Frequency.QUARTERLY, "2026-02", span("2026-02", "2026-02-01", "2026-02-28")),
        (Frequency.HALF_YEARLY, "2026-H2", span("2026-H2", "2026-07-01", "2026-12-31")),
        (Frequency.YEARLY, "2026", span("2026", "2026-01-01", "2026-12-31")),
    ],
)
def test_an_entry_is_for_a_slot_a_part_of_it_or_a_whole_period(frequency: Frequency, on: str, expected: Span) -> None:
    assert entry_span(calendar(frequency), on) == expected


OUTSIDE = Fault("on", "outside_plan", {"first": "2026-01-01", "last": "2026-12-31"})


@pytest.mark.parametrize(
    ("frequency", "on", "fault"),
    [
        (Frequency.MONTHLY, "2026-13", Fault("on", "not_a_date")),
        (Frequency.MONTHLY, "February", Fault("on", "not_a_date")),
        (Frequency.MONTHLY, "2026-Q1", Fault("on", "span_too_long")),
        (Frequency.MONTHLY, "2026", Fault("on", "span_too_long")),
        (Frequency.DAILY, "2026-H1", Fault("on", "span_too_long")),
        (Frequency.WEEKLY, "2026-02-02", Fault("on", "not_a_sunday", {"sunday": "2026-02-08"})),
        (Frequency.MONTHLY, "2025-12", OUTSIDE),
        (Frequency.MONTHLY, "2027-01", OUTSIDE),
        (Frequency.WEEKLY, "2027-01-03", OUTSIDE),
        (Frequency.WEEKLY, "9999-12-31", OUTSIDE),
        (Frequency.DAILY, "0001-01-01", OUTSIDE),
    ],
)
def test_any_other_span_is_refused(frequency: Frequency, on: str, fault: Fault) -> None:
    assert entry_span(calendar(frequency), on) == fault


def test_a_period_cut_by_its_cycle_is_whole_all_the_same() -> None:
    half_january = calendar(Frequency.DAILY, first=date(2026, 1, 15))
    assert entry_span(half_january, "2026-01") == span("2026-01", "2026-01-15", "2026-01-31")
    assert entry_span(half_january, "2026-01-14") == Fault(
        "on", "outside_plan", {"first": "2026-01-15", "last": "2026-12-31"}
    )


def test_a_financial_year_goes_by_the_year_in_which_it_begins() -> None:
    year = calendar(Frequency.DAILY, date(2026, 4, 1), date(2027, 3, 31), Frequency.YEARLY)
    assert entry_span(year, "2026") == span("2026", "2026-04-01", "2027-03-31")
    assert entry_span(year, "2027-03") == span("2027-03", "2027-03-01", "2027-03-31")


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from(list(Frequency)))
def test_every_day_belongs_to_one_slot_whose_code_means_the_same_days(day: date, frequency: Frequency) -> None:
    slot = slot_of(frequency, day)
    assert slot.first_day <= day <= slot.last_day
    if slot.last_day <= date(2026, 12, 31):
        assert entry_span(calendar(frequency), slot.on) == Span(*slot)


def test_no_day_is_counted_twice() -> None:
    january = span("2026-01", "2026-01-01", "2026-01-31")
    week = span("2026-02-01", "2026-01-26", "2026-02-01")
    others = [january, week]
    assert overlap_fault(span("2026-01-31", "2026-01-31", "2026-01-31"), others) == Fault(
        "on", "overlaps", {"on": "2026-01"}
    )
    assert overlap_fault(span("2026-02", "2026-02-01", "2026-02-28"), others) == Fault(
        "on", "overlaps", {"on": "2026-02-01"}
    )
    assert overlap_fault(january, [january]) is None
    assert overlap_fault(span("2026-02-02", "2026-02-02", "2026-02-02"), others) is None
