"""How do the actuals of a plan's KPIs become one total, with the working of every number?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.rules.curves import Need, Span, curve, reaching
from app.rules.faults import Fault
from app.rules.grading import grade
from app.rules.methods import Point, Scoring, achievement, limits, set_up_faults
from app.rules.numbers import apportion_cents, as_fraction, exact_sum, fraction_sum, shown
from app.rules.policy import Policy
from app.rules.vocabulary import Missing
from app.rules.working import Scored, Working, working, working_without_data

__all__ = [
    "CardResult",
    "Kpi",
    "KpiResult",
    "Need",
    "Point",
    "Scoring",
    "Span",
    "achievement",
    "curve",
    "limits",
    "missing_faults",
    "over_segments",
    "score_card",
    "set_up_faults",
    "what_is_needed",
    "with_behaviour",
]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A weighted KPI at the moment of scoring; without data its actual is none."""

    code: str
    weight: Decimal
    scoring: Scoring
    actual: Fraction | None
    is_left_out: bool = False
    """Not due yet, or excluded with a reason: without data it is left out whatever the policy says."""


@dataclass(frozen=True, slots=True)
class KpiResult:
    """What one KPI came to: exact figures, and the contribution in cents as it is printed."""

    code: str
    weight: Decimal
    actual: Fraction | None
    uncapped: Fraction | None
    achievement: Fraction | None
    contribution: Decimal | None
    working: Working


@dataclass(frozen=True, slots=True)
class CardResult:
    """The outcome of a plan: `total` is the shown one, from which the grade is taken."""

    total: Decimal | None
    exact_total: Fraction | None
    grade: str | None
    coverage: Decimal
    kpis: tuple[KpiResult, ...]


def score_card(policy: Policy, kpis: Sequence[Kpi]) -> CardResult:
    """Total, grade, coverage and every KPI's result.

    Under `block` a KPI without data is left out like under `exclude`, so that a running total can be shown;
    missing_faults says what keeps the period from being closed.
    """
    scored = [_scored(kpi, policy) for kpi in kpis]
    counted = _counted_weight(policy, kpis)
    shares = [as_fraction(kpi.weight) / (counted or 1) for kpi in kpis]
    contributions = [
        share * figures.achievement for share, figures in zip(shares, scored, strict=True) if figures is not None
    ]
    cents = iter(apportion_cents(contributions))
    is_renormalised = counted != exact_sum(kpi.weight for kpi in kpis)
    results = tuple(
        _without_data(kpi, policy)
        if figures is None
        else _with_data(kpi, figures, 100 * share if is_renormalised else None, next(cents))
        for kpi, share, figures in zip(kpis, shares, scored, strict=True)
    )
    coverage = shown(exact_sum(kpi.weight for kpi in kpis if kpi.actual is not None))
    if not contributions or not counted:
        return CardResult(None, None, None, coverage, results)
    exact_total = fraction_sum(contributions)
    total = shown(exact_total)
    return CardResult(total, exact_total, grade(total, policy.grades), coverage, results)


def _scored(kpi: Kpi, policy: Policy) -> Scored | None:
    if kpi.actual is None:
        return None
    floor, cap = limits(kpi.scoring, policy)
    uncapped, achieved = achievement(kpi.scoring, kpi.actual, floor, cap)
    return Scored(kpi.scoring, kpi.actual, floor, cap, uncapped, achieved)


def _counts_as_zero(kpi: Kpi, policy: Policy) -> bool:
    return kpi.actual is None and not kpi.is_left_out and policy.missing is Missing.ZERO


def _counted_weight(policy: Policy, kpis: Sequence[Kpi]) -> Fraction:
    """The weight by which the total is divided: that of the KPIs with data, and of those that count as zero."""
    counted = (kpi.weight for kpi in kpis if kpi.actual is not None or _counts_as_zero(kpi, policy))
    return as_fraction(exact_sum(counted))


def _with_data(kpi: Kpi, scored: Scored, share: Fraction | None, contribution: Decimal) -> KpiResult:
    return KpiResult(
        code=kpi.code,
        weight=kpi.weight,
        actual=scored.actual,
        uncapped=scored.uncapped,
        achievement=scored.achievement,
        contribution=contribution,
        working=working(scored, kpi.weight, share, contribution),
    )


def _without_data(kpi: Kpi, policy: Policy) -> KpiResult:
    steps = working_without_data(kpi.weight, counts_as_zero=_counts_as_zero(kpi, policy))
    return KpiResult(kpi.code, kpi.weight, None, None, None, None, steps)


def missing_faults(policy: Policy, kpis: Sequence[Kpi]) -> list[Fault]:
    """The KPIs without data that keep the period from being closed, where the policy is `block`."""
    if policy.missing is not Missing.BLOCK:
        return []
    return [
        Fault(f"kpis[{index}].entries", "missing_blocks", {"code": kpi.code})
        for index, kpi in enumerate(kpis)
        if kpi.actual is None and not kpi.is_left_out
    ]


def what_is_needed(policy: Policy, kpis: Sequence[Kpi], index: int, total: Fraction) -> Need | None:
    """Which actuals of one KPI bring the total to at least this much, the others staying as they are."""
    others = [kpi for place, kpi in enumerate(kpis) if place != index]
    weight = Fraction(kpis[index].weight)
    counted = weight + _counted_weight(policy, others)
    if not counted:
        return None
    scored = ((kpi, _scored(kpi, policy)) for kpi in others)
    reached = fraction_sum(Fraction(kpi.weight) * s.achievement for kpi, s in scored if s is not None)
    open_part = total * counted - reached
    floor, cap = limits(kpis[index].scoring, policy)
    if weight:
        return reaching(kpis[index].scoring, open_part / weight, floor, cap)
    return reaching(kpis[index].scoring, floor if open_part <= 0 else cap + 1, floor, cap)


def with_behaviour(total: Fraction, behaviour: Fraction, behaviour_share: Fraction) -> Fraction:
    """The total mixed with a behaviour rating that counts for `behaviour_share` percent."""
    return (total * (100 - behaviour_share) + behaviour * behaviour_share) / 100


def over_segments(segments: Sequence[tuple[Fraction, int]]) -> Fraction:
    """The total of a cycle with several segments, each (total, days): their day-weighted mean."""
    days = sum(length for _, length in segments)
    return fraction_sum(total * length for total, length in segments) / days
