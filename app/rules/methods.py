"""How does each scoring method turn an actual into an achievement, and which set-ups does it refuse?"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from app.rules.aggregation import (
    RATING_AGGREGATIONS,
    GrowthMeasure,
    Measure,
    MilestoneMeasure,
    RatingMeasure,
    RatioMeasure,
)
from app.rules.faults import Fault, Refused, key_path
from app.rules.numbers import HUNDRED, ZERO, plain
from app.rules.policy import Policy
from app.rules.vocabulary import Beyond, MeasureKind, Method


class Point(NamedTuple):
    """A point of a `points` curve, or the lower bound of a band of `steps`, with its achievement."""

    x: Fraction
    score: Fraction


@dataclass(frozen=True, slots=True)
class Scoring:
    """A method with the parameters that it has (PARAMETERS), and what narrows its result."""

    method: Method
    target: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    points: tuple[Point, ...] = ()
    below: Beyond = Beyond.CLAMP
    above: Beyond = Beyond.CLAMP
    steps: tuple[Point, ...] = ()
    levels: int | None = None
    floor: Fraction | None = None
    cap: Fraction | None = None
    maximum_target: bool = False
    """The target cannot be surpassed (100 % compliance): whatever reaches 100 gives the cap."""


PARAMETERS: Final[Mapping[Method, tuple[str, ...]]] = {
    Method.EXACT: ("target", "maximum_target"),
    Method.HIGHER: ("target", "maximum_target"),
    Method.LOWER: ("target", "maximum_target"),
    Method.LOWER_INVERSE: ("target", "maximum_target"),
    Method.MILESTONE: ("maximum_target",),
    Method.POINTS: ("points", "below", "above"),
    Method.RANGE: ("low", "high", "maximum_target"),
    Method.RATING: ("levels", "maximum_target"),
    Method.STEPS: ("steps",),
    Method.YES_NO: ("maximum_target",),
}
"""What each method is set up with, beside `floor` and `cap` that all have."""

OWN_MEASURE: Final[Mapping[Method, MeasureKind]] = {
    Method.MILESTONE: MeasureKind.MILESTONE,
    Method.RATING: MeasureKind.RATING,
    Method.YES_NO: MeasureKind.YES_NO,
}
"""The methods that score the measure of the same name and no other; no other method scores these measures."""

FEWEST_POINTS: Final = 2


# --- What is refused at set-up ----------------------------------------------------------------------------------------


def set_up_faults(measure: Measure, scoring: Scoring, policy: Policy) -> list[Fault]:
    """Everything that cannot be in a KPI's measure and scoring, as seen from the KPI."""
    faults = [
        *_limit_faults(scoring, policy),
        *(fault.under("scoring") for fault in _METHOD_FAULTS[scoring.method](scoring)),
        *(fault.under("measure") for fault in measure_faults(measure)),
    ]
    own = OWN_MEASURE.get(scoring.method)
    if measure.kind is not own and (own is not None or measure.kind in OWN_MEASURE.values()):
        values = {"method": scoring.method.value, "kind": measure.kind.value}
        faults.append(Fault("scoring.method", "method_cannot_score_measure", values))
    if scoring.maximum_target and "maximum_target" not in PARAMETERS[scoring.method]:
        faults.append(Fault("scoring.maximum_target", "maximum_target_not_here", {"method": scoring.method.value}))
    return faults


def limits(scoring: Scoring, policy: Policy) -> tuple[Fraction, Fraction]:
    """The floor and cap that hold for a KPI: its own, or else those of the policy."""
    return (
        policy.floor if scoring.floor is None else scoring.floor,
        policy.cap if scoring.cap is None else scoring.cap,
    )


def _limit_faults(scoring: Scoring, policy: Policy) -> list[Fault]:
    faults: list[Fault] = []
    if scoring.floor is None and scoring.cap is None:
        return faults
    if scoring.floor is not None and scoring.floor < policy.floor:
        faults.append(Fault("scoring.floor", "floor_below_policy", {"floor": plain(policy.floor)}))
    if scoring.cap is not None and scoring.cap > policy.cap:
        faults.append(Fault("scoring.cap", "cap_above_policy", {"cap": plain(policy.cap)}))
    floor, cap = limits(scoring, policy)
    if cap <= floor and not faults:
        if scoring.cap is not None:
            faults.append(Fault("scoring.cap", "cap_not_above_floor"))
        elif scoring.floor is not None:
            faults.append(Fault("scoring.floor", "floor_not_below_cap", {"cap": plain(cap)}))
    return faults


def measure_faults(measure: Measure) -> list[Fault]:
    """Everything that cannot be in what a KPI measures."""
    match measure:
        case RatioMeasure():
            return _ratio_faults(measure)
        case GrowthMeasure(base) if base == 0:
            return [Fault("base", "is_0")]
        case MilestoneMeasure(milestones):
            return _share_faults(milestones)
        case RatingMeasure(aggregation) if aggregation not in RATING_AGGREGATIONS:
            return [Fault("aggregation", "not_one_of", {"choices": ", ".join(RATING_AGGREGATIONS)})]
        case _:
            return []


def _ratio_faults(measure: RatioMeasure) -> list[Fault]:
    terms = (("numerator", measure.numerator), ("denominator", measure.denominator))
    faults = [Fault(name, "no_inputs") for name, inputs in terms if not inputs]
    if measure.scale <= 0:
        faults.append(Fault("scale", "not_above_0"))
    return faults


def _share_faults(milestones: Mapping[str, Fraction]) -> list[Fault]:
    faults = [
        Fault(key_path(name), "not_above_0").under("milestones") for name, share in milestones.items() if share <= 0
    ]
    total = sum(milestones.values(), ZERO)
    if total != HUNDRED:
        faults.append(Fault("milestones", "shares_not_100", {"total": plain(total)}))
    return faults


def _no_target(scoring: Scoring) -> list[Fault]:
    if scoring.target is None:
        return [Fault("target", "required")]
    return [Fault("target", "target_is_0")] if scoring.target == 0 else []


def _no_lower_target(scoring: Scoring) -> list[Fault]:
    return [Fault("target", "lower_target_is_0")] if scoring.target == 0 else _no_target(scoring)


def _no_positive_target(scoring: Scoring) -> list[Fault]:
    if scoring.target is None:
        return [Fault("target", "required")]
    return [Fault("target", "not_above_0")] if scoring.target <= 0 else []


def _no_range(scoring: Scoring) -> list[Fault]:
    low, high = scoring.low, scoring.high
    faults = [Fault(name, "required") for name, bound in (("low", low), ("high", high)) if bound is None]
    if low is not None and low <= 0:
        faults.append(Fault("low", "not_above_0"))
    elif low is not None and high is not None and low >= high:
        faults.append(Fault("low", "low_not_below_high"))
    return faults


def _no_points(scoring: Scoring) -> list[Fault]:
    if len(scoring.points) < FEWEST_POINTS:
        return [Fault("points", "too_few_points")]
    return [] if _rises(scoring.points) else [Fault("points", "points_not_rising")]


def _no_steps(scoring: Scoring) -> list[Fault]:
    if not scoring.steps:
        return [Fault("steps", "no_steps")]
    return [] if _rises(scoring.steps) else [Fault("steps", "steps_not_rising")]


def _no_levels(scoring: Scoring) -> list[Fault]:
    if scoring.levels is None:
        return [Fault("levels", "required")]
    return [Fault("levels", "not_above_0")] if scoring.levels <= 0 else []


def _rises(points: Sequence[Point]) -> bool:
    return all(one.x < next_one.x for one, next_one in pairwise(points))


def _nothing(_scoring: Scoring) -> Iterable[Fault]:
    return ()


_METHOD_FAULTS: Final[Mapping[Method, Callable[[Scoring], Iterable[Fault]]]] = {
    Method.EXACT: _no_target,
    Method.HIGHER: _no_target,
    Method.LOWER: _no_lower_target,
    Method.LOWER_INVERSE: _no_positive_target,
    Method.MILESTONE: _nothing,
    Method.POINTS: _no_points,
    Method.RANGE: _no_range,
    Method.RATING: _no_levels,
    Method.STEPS: _no_steps,
    Method.YES_NO: _nothing,
}


# --- The achievement --------------------------------------------------------------------------------------------------


def achievement(scoring: Scoring, actual: Fraction, floor: Fraction, cap: Fraction) -> tuple[Fraction, Fraction]:
    """The achievement in percent before and after floor and cap.

    Raises `Refused` for an actual that the method cannot score.
    """
    uncapped = cap if is_best_of_all(scoring, actual) else _FORMULAS[scoring.method](scoring, actual)
    if scoring.maximum_target and uncapped >= HUNDRED:
        return uncapped, cap
    return uncapped, min(max(uncapped, floor), cap)


def actual_fault(scoring: Scoring, actual: Fraction) -> Fault | None:
    """Why the method cannot score this actual, if so."""
    if scoring.method is Method.LOWER_INVERSE and actual < 0:
        return Fault("entries", "negative_actual", {"actual": plain(actual)})
    return None


def is_best_of_all(scoring: Scoring, actual: Fraction) -> bool:
    """Nothing at all where the inverse of the actual counts: it has no figure but the cap."""
    return scoring.method is Method.LOWER_INVERSE and actual == 0


def given(parameter: Fraction | None) -> Fraction:
    """A parameter that set_up_faults demands of the method."""
    if parameter is None:
        raise ValueError("a scoring that set_up_faults refuses was used")
    return parameter


def _higher(scoring: Scoring, actual: Fraction) -> Fraction:
    target = given(scoring.target)
    # 100·(1 + (A − T)/|T|), written shorter for the usual T > 0
    return 100 * actual / target if target > 0 else 100 * (1 + (target - actual) / target)


def _lower(scoring: Scoring, actual: Fraction) -> Fraction:
    return 200 - _higher(scoring, actual)


def _lower_inverse(scoring: Scoring, actual: Fraction) -> Fraction:
    fault = actual_fault(scoring, actual)
    if fault:
        raise Refused(fault)
    return 100 * given(scoring.target) / actual


def _exact(scoring: Scoring, actual: Fraction) -> Fraction:
    target = given(scoring.target)
    return 100 * (1 - abs((actual - target) / target))


def _range(scoring: Scoring, actual: Fraction) -> Fraction:
    low, high = given(scoring.low), given(scoring.high)
    if actual < low:
        return 100 * actual / low
    return HUNDRED if actual <= high else 100 * (2 - actual / high)


def _points(scoring: Scoring, actual: Fraction) -> Fraction:
    first, last = scoring.points[0], scoring.points[-1]
    if actual < first.x:
        return first.score if scoring.below is Beyond.CLAMP else ZERO
    if actual > last.x:
        return last.score if scoring.above is Beyond.CLAMP else ZERO
    left, right = line_at(scoring.points, actual)
    return left.score + (actual - left.x) / (right.x - left.x) * (right.score - left.score)


def line_at(points: Sequence[Point], actual: Fraction) -> tuple[Point, Point]:
    """The two neighbouring points between which the actual lies."""
    index = min(bisect_right(points, actual, key=_x), len(points) - 1)
    return points[index - 1], points[index]


def _steps(scoring: Scoring, actual: Fraction) -> Fraction:
    index = bisect_right(scoring.steps, actual, key=_x)
    return scoring.steps[index - 1].score if index else ZERO


def _x(point: Point) -> Fraction:
    return point.x


_FORMULAS: Final[Mapping[Method, Callable[[Scoring, Fraction], Fraction]]] = {
    Method.EXACT: _exact,
    Method.HIGHER: _higher,
    Method.LOWER: _lower,
    Method.LOWER_INVERSE: _lower_inverse,
    Method.MILESTONE: lambda _scoring, actual: actual,
    Method.POINTS: _points,
    Method.RANGE: _range,
    Method.RATING: lambda scoring, actual: 100 * actual / (scoring.levels or 1),
    Method.STEPS: _steps,
    Method.YES_NO: lambda _scoring, actual: 100 * actual,
}
