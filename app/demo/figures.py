"""Which figures does somebody reach with a KPI, month after month?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

from app.demo.agreements import SEASON, Agreed, bare
from app.models import Plan
from app.rules.aggregation import Slot
from app.rules.vocabulary import Aggregation, MeasureKind, Method

WHOLE: Final = 1_000
"""All sizes below are whole thousandths: whole numbers come out the same on every machine."""
_MIDDLE_OF_YEAR: Final = 6
_DAYS_OF_MONTH: Final = 30
_LEVELS: Final = ((1_040, 5), (920, 4), (800, 3), (680, 2))
_PASSED: Final = 880
_WILD_IN_1000: Final = 110


@dataclass(frozen=True, slots=True)
class Talent:
    """How well somebody does, and whether it gets better or worse from month to month."""

    level: int
    slope: int


class Input(NamedTuple):
    """The value of one input of a ratio."""

    name: str
    value: Decimal


class Stage(NamedTuple):
    """A milestone that was reached."""

    name: str


class Drawn(NamedTuple):
    """What an entry says."""

    value: Decimal | None = None
    inputs: tuple[Input, ...] = ()
    reached: tuple[Stage, ...] = ()


def talent(chance: Random) -> Talent:
    """One in twelve is outstanding, one in fourteen far behind, most are near their targets."""
    low, high = chance.choices(
        ((1_120, 1_230), (1_020, 1_110), (950, 1_030), (820, 940), (620, 800)), (8, 30, 37, 18, 7)
    )[0]
    return Talent(chance.randrange(low, high), chance.choice((-14, -8, -4, 0, 0, 3, 6, 10, 16)))


class Course:
    """The course of one KPI of one person through the year."""

    def __init__(self, plan: Plan, agreed: Agreed, person: Talent, chance: Random) -> None:
        self._plan_days = (plan.ends_on - plan.starts_on).days + 1
        self._starts_on = plan.starts_on
        self._agreed = agreed
        self._chance = chance
        self._level = person.level + chance.randrange(-90, 91)
        self._slope = person.slope
        self._draw: Callable[[Slot], Drawn] = _DRAWS[agreed.kpi.measure].__get__(self)
        self._reached_by = self._reach() if agreed.kpi.measure is MeasureKind.MILESTONE else {}
        self._is_first = True

    def at(self, slot: Slot) -> Drawn:
        """The figure of one entry."""
        return self._draw(slot)

    def _strength(self, slot: Slot) -> int:
        """How well it goes in this slot, 1000 being exactly on target."""
        chance = self._chance.random
        noise = int((chance() + chance() - 1) * 140)
        return self._level + self._slope * (slot.last_day.month - _MIDDLE_OF_YEAR) + noise

    def _factor(self, slot: Slot) -> int:
        """By how much the figure differs from what was expected, in thousandths, given which way is better."""
        strength, spec, kpi = self._strength(slot), self._agreed.spec, self._agreed.kpi
        # What is measured in shares of a hundred moves less than what is counted
        damping = 30 if "ceiling" in spec.own else 100 if kpi.aggregation is Aggregation.SUM else 70
        off = (strength - WHOLE) * damping // 100
        if kpi.method in (Method.LOWER, Method.LOWER_INVERSE) or spec.own.get("better") == "lower":
            return WHOLE * WHOLE // max(300, WHOLE + off)
        if kpi.method is Method.EXACT or kpi.method is Method.RANGE:
            return WHOLE + max(0, 1_140 - strength) // 3 * (1 if self._chance.random() < 0.5 else -1)  # noqa: PLR2004
        return WHOLE + off

    # --- Values -------------------------------------------------------------------------------------------------------

    def _value(self, slot: Slot) -> Drawn:
        expected, spec = self._agreed.expected, self._agreed.spec
        aggregation, factor = self._agreed.kpi.aggregation, self._factor(slot)
        if aggregation is Aggregation.SUM:
            return Drawn(self._part(slot, factor))
        if aggregation is Aggregation.MAX:
            factor -= int(self._chance.random() * 320)
        elif aggregation is Aggregation.MIN:
            factor += int(self._chance.random() * 90)
        return Drawn(self._limited(_stepped(expected * factor / WHOLE, spec.step)))

    def _part(self, slot: Slot, factor: int) -> Decimal:
        """What a sum gains in one slot; a loss that was agreed grows when things go badly."""
        spec, expected = self._agreed.spec, self._agreed.expected
        if spec.says("often_zero") and self._chance.random() < 0.04:  # noqa: PLR2004
            return Decimal(0)
        days = (slot.last_day - max(slot.first_day, self._starts_on)).days + 1
        share = Decimal(days) / self._plan_days
        if spec.says("season"):
            share = share * SEASON[slot.last_day.month - 1] * 12 / WHOLE
        if expected < 0:
            factor = 2 * WHOLE - factor
        return _stepped(expected * share * factor / WHOLE, spec.step)

    def _limited(self, value: Decimal) -> Decimal:
        ceiling = self._agreed.spec.number("ceiling")
        return value if ceiling is None else min(value, ceiling)

    # --- Ratios -------------------------------------------------------------------------------------------------------

    def _ratio(self, slot: Slot) -> Drawn:
        kpi, spec = self._agreed.kpi, self._agreed.spec
        step = spec.number("input_step", 1) or Decimal(1)
        below = self._volume(slot, step)
        rate = self._agreed.expected * self._factor(slot) / WHOLE
        if spec.says("wild") and self._chance.random() * WHOLE < _WILD_IN_1000:
            rate = -rate / 6
        above = _stepped(self._limited(rate) * below / (kpi.scale or 1), step)
        (denominator,) = (each.name for each in kpi.inputs if each.is_denominator)
        numerators = [each for each in kpi.inputs if not each.is_denominator]
        given = {denominator: below}
        for each in numerators:
            if each.is_subtracted and each.name != denominator:
                given[each.name] = _stepped(below * spec.whole("minus") / 100, step)
        above += sum((given[each.name] for each in numerators if each.is_subtracted), Decimal(0))
        given |= self._split([each.name for each in numerators if not each.is_subtracted], above, step)
        return Drawn(inputs=tuple(Input(name, value) for name, value in given.items()))

    def _volume(self, slot: Slot, step: Decimal) -> Decimal:
        """The denominator: as large as the slot is long, and never nothing."""
        spec = self._agreed.spec
        days = (slot.last_day - slot.first_day).days + 1
        usual = Decimal(spec.whole("volume")) * max(1, days * 10 // _DAYS_OF_MONTH) / 10
        if not spec.says("volume_fixed"):
            usual = usual * (860 + int(self._chance.random() * 280)) / WHOLE
        return max(_stepped(usual, step), step)

    def _split(self, names: list[str], whole: Decimal, step: Decimal) -> dict[str, Decimal]:
        parts = self._agreed.spec.own.get("parts") or [1] * len(names)
        shares = {
            name: _stepped(whole * part / sum(parts), step) for name, part in zip(names[1:], parts[1:], strict=True)
        }
        return {names[0]: whole - sum(shares.values(), Decimal(0)), **shares}

    # --- The others ---------------------------------------------------------------------------------------------------

    def _growth(self, slot: Slot) -> Drawn:
        """Levels on the way from the base to the target, which is reached a little before the year ends."""
        agreed = self._agreed
        step = agreed.spec.number("level_step", 1) or Decimal(1)
        if self._is_first and agreed.spec.says("from_first_entry"):
            self._is_first = False
            return Drawn(agreed.base)
        strength = WHOLE + (self._strength(slot) - WHOLE) * 4
        way = 500 + 50 * slot.last_day.month
        growth = agreed.expected * strength * way / (WHOLE * WHOLE)
        return Drawn(_stepped(agreed.base * (100 + growth) / 100, step))

    def _milestone(self, slot: Slot) -> Drawn:
        return Drawn(
            reached=tuple(
                Stage(name) for name, day in sorted(self._reached_by.items()) if slot.first_day <= day <= slot.last_day
            )
        )

    def _reach(self) -> dict[str, date]:
        """The day on which each stage is reached: evenly through the year, sooner or later as people are able."""
        names = [milestone.name for milestone in self._agreed.kpi.milestones]
        first = self._starts_on.toordinal()
        days = self._plan_days * 880 // max(400, self._level)
        return {
            name: date.fromordinal(first + days * place // len(names) + self._chance.randrange(-9, 10))
            for place, name in enumerate(names, start=1)
        }

    def _yes_no(self, slot: Slot) -> Drawn:
        return Drawn(Decimal(int(self._strength(slot) > _PASSED)))

    def _rating(self, slot: Slot) -> Drawn:
        strength = self._strength(slot)
        return Drawn(Decimal(next((level for bound, level in _LEVELS if strength >= bound), 1)))


_DRAWS: Final[Mapping[MeasureKind, Callable[..., Drawn]]] = {
    MeasureKind.GROWTH: Course._growth,  # noqa: SLF001 - its own methods, looked up once
    MeasureKind.MILESTONE: Course._milestone,  # noqa: SLF001
    MeasureKind.RATING: Course._rating,  # noqa: SLF001
    MeasureKind.RATIO: Course._ratio,  # noqa: SLF001
    MeasureKind.VALUE: Course._value,  # noqa: SLF001
    MeasureKind.YES_NO: Course._yes_no,  # noqa: SLF001
}


def _stepped(value: Decimal, step: Decimal) -> Decimal:
    """The nearest multiple of the step."""
    return bare((value / step).to_integral_value() * step)
