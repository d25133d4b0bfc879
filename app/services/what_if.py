"""What would each KPI have to reach for a better grade, the others staying as they are?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from app.models import GradeBand, Kpi
from app.rules.curves import Span
from app.rules.methods import Scoring
from app.rules.numbers import plain, shown
from app.rules.outcome import behaviour_total
from app.rules.scoring import limits, what_is_needed, with_behaviour
from app.rules.segments import together
from app.rules.vocabulary import Method, Missing
from app.services.standings import ScoredPerson

_HALF_A_CENT: Final = Fraction(1, 200)
_WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class Bounds:
    """A stretch of actuals that is enough; an end that is none has no bound."""

    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class KpiNeed:
    """What one KPI would have to reach by itself; without any stretch it cannot do it alone."""

    kpi: Kpi
    actual: Fraction | None
    enough: tuple[Bounds, ...]
    is_enough: bool
    """The present actual lies within."""
    best_total: Decimal
    """The total if this KPI alone were as good as it can be."""


def better_grades(scored: ScoredPerson) -> list[GradeBand]:
    """The grades above the one that is reached at present, the nearest first."""
    total = scored.outcome.computed
    bands = sorted(scored.facts.cycle.bands, key=lambda band: band.lower)
    return [] if total is None else [band for band in bands[1:] if band.lower > total]


def needs(scored: ScoredPerson, band: GradeBand) -> list[KpiNeed]:
    """For every KPI the actuals with which the total would reach the grade."""
    # The grade follows from the shown total: half a cent below its bound is rounded up to it
    wanted = _of_the_plan(scored, _of_the_kpis(scored, Fraction(band.lower) - _HALF_A_CENT))
    found = []
    for index, each in enumerate(scored.kpis):
        need = what_is_needed(scored.facts.policy, scored.inputs, index, wanted)
        spans = need.spans if need else ()
        actual = each.result.actual
        enough, is_enough = _bounds(each.kpi, spans), _lies_in(actual, spans)
        found.append(KpiNeed(each.kpi, actual, enough, is_enough, _best_total(scored, index)))
    return found


def _of_the_kpis(scored: ScoredPerson, total: Fraction) -> Fraction:
    """What the KPIs must come to for a total in which rated behaviours are mixed."""
    behaviour, share = behaviour_total(scored.person.levels), Fraction(scored.outcome.behaviour_share)
    if behaviour is None or not 0 < share < _WHOLE:
        return total
    return (total * _WHOLE - behaviour * share) / (_WHOLE - share)


def _of_the_plan(scored: ScoredPerson, total: Fraction) -> Fraction:
    """What the present plan must come to for a total over all segments."""
    known = [(each.result.exact_total, each.segment.days) for each in scored.earlier]
    earlier = [(exact, days) for exact, days in known if exact is not None]
    if not earlier:
        return total
    days = scored.person.segments[-1].days
    behind = sum((exact * length for exact, length in earlier), Fraction(0))
    return (total * (days + sum(length for _, length in earlier)) - behind) / days


def _best_total(scored: ScoredPerson, index: int) -> Decimal:
    """The total with one KPI as good as it can be and all others as they are."""
    policy, inputs = scored.facts.policy, scored.inputs
    cap = _best(inputs[index].scoring, limits(inputs[index].scoring, policy)[1])
    reached = counted = Fraction(0)
    for place, (kpi, result) in enumerate(zip(inputs, scored.result.kpis, strict=True)):
        weight = Fraction(kpi.weight)
        if place == index:
            reached, counted = reached + weight * cap, counted + weight
        elif result.achievement is not None:
            reached, counted = reached + weight * result.achievement, counted + weight
        elif policy.missing is Missing.ZERO and not kpi.is_left_out:
            counted += weight
    if not counted:
        return Decimal(0)
    parts = [(each.result.exact_total, each.segment.days) for each in scored.earlier]
    days = scored.person.segments[-1].days if scored.person.segments else 1
    plans = together([*parts, (reached / counted, days)]) or Fraction(0)
    behaviour, share = behaviour_total(scored.person.levels), Fraction(scored.outcome.behaviour_share)
    return shown(plans if behaviour is None else with_behaviour(plans, behaviour, share))


_UP_TO_THE_TARGET: Final = frozenset({Method.EXACT, Method.RANGE, Method.MILESTONE, Method.YES_NO, Method.RATING})
"""Methods by which nothing is better than what was agreed."""


def _best(scoring: Scoring, cap: Fraction) -> Fraction:
    """The highest achievement that the method can give."""
    if scoring.points or scoring.steps:
        return min(cap, max(point.score for point in scoring.points or scoring.steps))
    if scoring.method in _UP_TO_THE_TARGET and not scoring.maximum_target:
        return min(cap, Fraction(100))
    return cap


def _bounds(kpi: Kpi, spans: Sequence[Span]) -> tuple[Bounds, ...]:
    return tuple(Bounds(_at_least(kpi, span), _at_most(kpi, span)) for span in spans)


def _at_least(kpi: Kpi, span: Span) -> Decimal | None:
    if span.low is None:
        return None
    if kpi.method is Method.RATING:
        return Decimal(-(-span.low.numerator // span.low.denominator))
    return _rounded(span.low, up=True)


def _at_most(kpi: Kpi, span: Span) -> Decimal | None:
    if span.high is None:
        return None
    if kpi.method is Method.RATING:
        return Decimal(span.high.numerator // span.high.denominator)
    return _rounded(span.high, up=False)


def _rounded(bound: Fraction, *, up: bool) -> Decimal:
    """The bound in few decimals on its safe side: whoever reaches what is shown has reached enough."""
    places = 2 if abs(bound) >= 1 else 6
    unit = Fraction(1, 10**places)
    if bound % unit == 0:
        return Decimal(plain(bound))
    return shown(bound + unit / 2 if up else bound - unit / 2, places)


def _lies_in(actual: Fraction | None, spans: Sequence[Span]) -> bool:
    return actual is not None and any(_is_within(actual, span) for span in spans)


def _is_within(actual: Fraction, span: Span) -> bool:
    is_above = span.low is None or actual > span.low or (actual == span.low and not span.low_is_open)
    is_below = span.high is None or actual < span.high or (actual == span.high and not span.high_is_open)
    return is_above and is_below
