"""Where does a KPI end if it goes on as it went, and may that be said at all?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from app.rules.aggregation import Entry
from app.rules.grading import grade
from app.rules.methods import achievement, limits
from app.rules.numbers import ZERO, as_fraction, exact_sum, fraction_sum, legible, plain, shown, shown_text
from app.rules.policy import Policy
from app.rules.progress import AgreedKpi, SpanTarget, Standing, is_sum, to_date
from app.rules.vocabulary import MeasureKind
from app.rules.working import Word, Working

FEWEST_ENTRIES: Final = 2
LEAST_SHARE: Final = Fraction(1, 5)
"""Of the plan's days that must have figures: less says little about the rest."""
LEAST_WEIGHT: Final = Fraction(50)
"""Of the plan that must have forecasts before there is one of the total."""
_FORETOLD: Final = frozenset({MeasureKind.VALUE, MeasureKind.RATIO})


class Unforeseen(StrEnum):
    """Why there is no forecast."""

    COMPLETE = "complete"
    """All days have figures: the result is there."""
    KIND = "kind"
    """Growth, milestones, ratings and yes/no do not go on by a rule."""
    NO_DATA = "no_data"
    NO_TARGET = "no_target"
    """The targets of the periods so far do not say which share of the whole they are."""
    REPLACED = "replaced"
    """A later version of the plan took its place."""
    TOO_EARLY = "too_early"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a KPI comes to at the plan's end if it goes on as it went; never a score."""

    actual: Fraction
    achievement: Fraction
    """After floor and cap."""
    share: Fraction
    """Of the plan that has figures."""
    working: Working


class TotalForecast(NamedTuple):
    """The forecast of the total, by the KPIs that have one."""

    total: Decimal
    grade: str
    coverage: Decimal


class _Share(NamedTuple):
    """How much of the whole is there: days, or targets where each period has one."""

    there: Fraction
    whole: Fraction


def forecast(kpi: AgreedKpi, standing: Standing, actual: Fraction | None, policy: Policy) -> Forecast | Unforeseen:
    """The KPI at its plan's end: a sum grows by the share still to come, a level stays where it is."""
    days = _Share(
        Fraction(_days_with_figures(kpi, standing.entries)), Fraction((kpi.last_day - kpi.first_day).days + 1)
    )
    refusal = _refusal(kpi, standing, actual, days)
    if actual is None or refusal is not None:
        return refusal or Unforeseen.NO_DATA
    at_the_end = to_date(kpi, kpi.last_day, kpi.last_day)
    share = _share(kpi, standing.entries, days)
    if share is None or not at_the_end.can_be_scored:
        return Unforeseen.NO_TARGET
    figure = actual * share.whole / share.there if is_sum(kpi.measure) else actual
    achieved = achievement(at_the_end.scoring, figure, *limits(at_the_end.scoring, policy))[1]
    return Forecast(figure, achieved, share.there / share.whole, _working(kpi, actual, share, figure, achieved))


def _refusal(kpi: AgreedKpi, standing: Standing, actual: Fraction | None, days: _Share) -> Unforeseen | None:
    """Why nothing can be foretold, whatever the target is."""
    if kpi.measure.kind not in _FORETOLD:
        return Unforeseen.KIND
    if kpi.target_until is not None:
        return Unforeseen.REPLACED
    if actual is None:
        return Unforeseen.NO_DATA
    if days.there == days.whole:
        return Unforeseen.COMPLETE
    is_too_early = len(standing.entries) < FEWEST_ENTRIES or days.there / days.whole < LEAST_SHARE
    return Unforeseen.TOO_EARLY if is_too_early else None


def of_total(forecasts: Iterable[tuple[Decimal, Forecast | Unforeseen]], policy: Policy) -> TotalForecast | None:
    """The mean of the KPIs' forecasts by weight; none where they are less than half of the plan."""
    found = [(weight, each.achievement) for weight, each in forecasts if isinstance(each, Forecast)]
    coverage = exact_sum(weight for weight, _ in found)
    if as_fraction(coverage) < LEAST_WEIGHT:
        return None
    total = shown(fraction_sum(as_fraction(weight) * each for weight, each in found) / as_fraction(coverage))
    return TotalForecast(total, grade(total, policy.grades), shown(coverage))


def _share(kpi: AgreedKpi, entries: Sequence[Entry], days: _Share) -> _Share | None:
    if not (is_sum(kpi.measure) and kpi.period_targets):
        return days
    covered = [each for each in kpi.period_targets if _has_figures(kpi, each, entries)]
    there = sum((each.target for each in covered), ZERO)
    every = sum((each.target for each in kpi.period_targets if _is_in_plan(kpi, each)), ZERO)
    # Targets of both signs may add up to anything; only a true part of a whole says how much is to come
    return _Share(there, every) if there and 0 < there / every <= 1 else None


def _is_in_plan(kpi: AgreedKpi, target: SpanTarget) -> bool:
    return kpi.first_day <= max(target.first_day, kpi.first_day) <= kpi.last_day


def _has_figures(kpi: AgreedKpi, target: SpanTarget, entries: Sequence[Entry]) -> bool:
    first = max(target.first_day, kpi.first_day)
    return any(entry.first_day <= first <= entry.last_day for entry in entries)


def _days_with_figures(kpi: AgreedKpi, entries: Sequence[Entry]) -> int:
    """The days of the plan that lie in the span of an entry, each counted once."""
    counted, reached = 0, kpi.first_day - timedelta(days=1)
    for first, last in sorted(_span(kpi, entry) for entry in entries):
        start = max(first, reached + timedelta(days=1))
        counted += max(0, (last - start).days + 1)
        reached = max(reached, last)
    return counted


def _span(kpi: AgreedKpi, entry: Entry) -> tuple[date, date]:
    return max(entry.first_day, kpi.first_day), min(entry.last_day, kpi.last_day)


def _working(kpi: AgreedKpi, actual: Fraction, share: _Share, figure: Fraction, achieved: Fraction) -> Working:
    if not is_sum(kpi.measure):
        return (str(legible(actual)), " (", Word.STAYS.value, ") → ", shown_text(achieved))
    steps = (str(legible(actual)), " × ", plain(share.whole), " / ", plain(share.there), " = ", str(legible(figure)))
    return (*steps, " → ", shown_text(achieved))
