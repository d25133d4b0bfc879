"""Which figures may one entry of a KPI hold, and which days may it be for?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from app.rules.aggregation import NotADate, Slot, due_slots, parse_on
from app.rules.faults import Fault
from app.rules.numbers import exact_sum, plain
from app.rules.vocabulary import Frequency, MeasureKind, Method

DIGITS_BEFORE: Final = 24
DIGITS_AFTER: Final = 9
_WEEK: Final = timedelta(days=6)
_NO_INPUTS: Final[Mapping[str, Decimal | None]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Figure:
    """What an entry says: a number (level, 1 or 0 for yes and no), named inputs, or milestones reached."""

    value: Decimal | None = None
    inputs: Mapping[str, Decimal | None] = field(default_factory=lambda: _NO_INPUTS)
    reached: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FigureForm:
    """What a KPI asks an entry to say."""

    measure: MeasureKind
    method: Method
    inputs: tuple[str, ...] = ()
    """Names of a ratio's inputs."""
    denominator: tuple[tuple[str, int], ...] = ()
    """Names and signs of the inputs that a ratio is divided by."""
    milestones: tuple[str, ...] = ()
    levels: int | None = None


def figure_faults(form: FigureForm, figure: Figure) -> list[Fault]:
    """Everything in the figure that is refused, whatever other entries say."""
    foreign = _foreign_faults(form, figure)
    if foreign:
        return foreign
    match form.measure:
        case MeasureKind.RATIO:
            return _input_faults(form, figure)
        case MeasureKind.MILESTONE:
            unknown = sorted(figure.reached - set(form.milestones))
            return [Fault("reached", "milestone_unknown", {"name": name}) for name in unknown]
        case _:
            return _value_faults(form, figure.value)


def _foreign_faults(form: FigureForm, figure: Figure) -> list[Fault]:
    """What is given although the measure has no such thing."""
    given = {
        "value": figure.value is not None and form.measure in (MeasureKind.RATIO, MeasureKind.MILESTONE),
        "inputs": bool(figure.inputs) and form.measure is not MeasureKind.RATIO,
        "reached": bool(figure.reached) and form.measure is not MeasureKind.MILESTONE,
    }
    return [Fault(at, "not_of_measure") for at, is_foreign in given.items() if is_foreign]


def _input_faults(form: FigureForm, figure: Figure) -> list[Fault]:
    faults = [
        Fault(f"inputs.{name}", "input_unknown", {"name": name}) for name in figure.inputs if name not in form.inputs
    ]
    for name in form.inputs:
        value = figure.inputs.get(name)
        faults += [Fault(f"inputs.{name}", "required")] if value is None else _size_faults(f"inputs.{name}", value)
    if faults:
        return faults
    # Every input is there by now; arithmetic on decimals would round long ones, copying does not
    terms = [(figure.inputs[name] or Decimal(0), sign) for name, sign in form.denominator]
    denominator = exact_sum(value if sign > 0 else value.copy_negate() for value, sign in terms)
    if denominator < 0:
        return [Fault("inputs", "entry_denominator_negative", {"denominator": plain(denominator)})]
    return []


def _value_faults(form: FigureForm, value: Decimal | None) -> list[Fault]:
    if value is None:
        return [Fault("value", "required")]
    faults = _size_faults("value", value)
    if faults:
        return faults
    if form.measure is MeasureKind.YES_NO and value not in (0, 1):
        return [Fault("value", "not_yes_or_no")]
    if form.measure is MeasureKind.RATING and (value % 1 or not 1 <= value <= (form.levels or 1)):
        return [Fault("value", "level_out_of_range", {"levels": str(form.levels or 1)})]
    if form.method is Method.LOWER_INVERSE and form.measure is MeasureKind.VALUE and value < 0:
        return [Fault("value", "negative")]
    return []


def _size_faults(at: str, value: Decimal) -> list[Fault]:
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return [Fault(at, "not_a_number")]
    trailing = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    if value and (value.adjusted() >= DIGITS_BEFORE or -exponent - trailing > DIGITS_AFTER):
        return [Fault(at, "number_too_wide", {"before": str(DIGITS_BEFORE), "after": str(DIGITS_AFTER)})]
    return []


def tidy(value: Decimal) -> Decimal:
    """The same number as it is kept: no exponent, at most nine decimals, no minus before zero.

    Only for numbers that were not refused: a huge exponent would fill the memory here.
    """
    if not value:
        return Decimal(0)
    whole, _, decimals = format(value, "f").partition(".")
    if len(decimals) > DIGITS_AFTER:
        decimals = decimals[:DIGITS_AFTER].rstrip("0")
    return Decimal(f"{whole}.{decimals}" if decimals else whole)


# --- The days of an entry ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """The days that an entry is for, with the code that names them."""

    on: str
    first_day: date
    last_day: date

    def overlaps(self, other: "Span") -> bool:
        """Whether a day belongs to both."""
        return self.first_day <= other.last_day and other.first_day <= self.last_day


@dataclass(frozen=True, slots=True)
class Calendar:
    """When entries of a KPI are due: how often, the days of its plan, and the periods of the cycle."""

    frequency: Frequency
    first_day: date
    last_day: date
    periods: tuple[Span, ...]


def entry_span(calendar: Calendar, on: str) -> Span | Fault:
    """The days that `on` stands for with this KPI, or why no entry may be for it.

    An entry is for one slot of the KPI, for a part of it, or, where entries are due more often than the cycle has
    periods, for one whole period: never for more, or the period in which it counts would be a matter of taste.
    """
    try:
        first, last = parse_on(on, halves=True)
    except NotADate as refusal:
        return Fault("on", refusal.code)
    if not calendar.first_day.year - 1 <= last.year <= calendar.last_day.year:
        return _outside(calendar)
    whole_period = next((period for period in calendar.periods if period.on == on), None)
    slot = slot_of(calendar.frequency, last)
    if calendar.frequency is Frequency.WEEKLY and first == last:
        if last != slot.last_day:
            return Fault("on", "not_a_sunday", {"sunday": slot.on})
        first = slot.first_day
    elif whole_period and on != slot.on:
        # A cycle may begin or end inside a month, and a financial year is called by the year in which it begins
        first, last = whole_period.first_day, whole_period.last_day
    if not calendar.first_day <= last <= calendar.last_day:
        return _outside(calendar)
    roomy = [(slot.first_day, slot.last_day), *((period.first_day, period.last_day) for period in calendar.periods)]
    if not any(start <= first and last <= end for start, end in roomy):
        return Fault("on", "span_too_long")
    return Span(on, first, last)


def _outside(calendar: Calendar) -> Fault:
    days = {"first": calendar.first_day.isoformat(), "last": calendar.last_day.isoformat()}
    return Fault("on", "outside_plan", days)


def slot_of(frequency: Frequency, day: date) -> Slot:
    """The slot that a day belongs to."""
    # Slots are listed by their last days: the first one from this day on holds it
    horizon = {Frequency.DAILY: day, Frequency.WEEKLY: day + _WEEK}
    return due_slots(frequency, day, horizon.get(frequency, date(day.year, 12, 31)))[0]


def overlap_fault(span: Span, others: Sequence[Span]) -> Fault | None:
    """The refusal where another entry of the KPI covers one of the days already."""
    for other in others:
        if other.on != span.on and other.overlaps(span):
            return Fault("on", "overlaps", {"on": other.on})
    return None
