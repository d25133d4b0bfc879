"""How much does each KPI weigh, so that all weights add up to exactly 100?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from heapq import heapify, heappop, heapreplace
from math import lcm
from typing import Final

from app.rules.faults import Fault, Refused
from app.rules.numbers import HUNDRED, exact_sum, plain, shown
from app.rules.policy import Policy

RATINGS: Final = range(1, 6)


@dataclass(frozen=True, slots=True)
class Rating:
    """What a KPI's weight comes from: three whole numbers from 1 to 5; more of any of them weighs more."""

    priority: int
    difficulty: int
    credibility: int


def raw(rating: Rating, policy: Policy) -> Fraction:
    """The rating in one figure from 1 to 5, by the shares that the policy gives to the three criteria."""
    criteria = policy.criteria
    return (
        criteria.priority * rating.priority
        + criteria.difficulty * rating.difficulty
        + criteria.credibility * rating.credibility
    ) / 100


def computed_weights(ratings: Sequence[Rating], policy: Policy) -> list[Decimal]:
    """The weights that follow from the ratings, in steps and within floor and ceiling of the policy.

    Raises `Refused` where no weights within the bounds add up to 100.
    """
    return _apportioned([raw(rating, policy) for rating in ratings], policy)


def ranked_weights(count: int, policy: Policy) -> list[Decimal]:
    """The weights of KPIs that are only put in order: rank-order centroids, apportioned like computed weights."""
    centroids: list[Fraction] = []
    centroid = Fraction(0)
    for rank in range(count, 0, -1):
        centroid += Fraction(1, rank)
        centroids.insert(0, centroid)
    return _apportioned(centroids, policy)


def bounds_fault(count: int, policy: Policy) -> Fault | None:
    """Why this many KPIs cannot have weights within the policy's floor and ceiling, if so."""
    least, most = count * policy.weight_floor, count * policy.weight_ceiling
    if least > HUNDRED:
        bound, code, reached = policy.weight_floor, "weight_floor_impossible", least
    elif most < HUNDRED:
        bound, code, reached = policy.weight_ceiling, "weight_ceiling_impossible", most
    else:
        return None
    return Fault("", code, {"count": str(count), "bound": plain(bound), "reached": plain(reached)})


def direct_weight_faults(weights: Sequence[Decimal]) -> list[Fault]:
    """What is wrong with typed weights: each by its place in the list, and how far the sum is from 100."""
    faults = []
    for index, weight in enumerate(weights):
        if weight <= 0:
            faults.append(Fault(f"[{index}].weight", "not_above_0"))
        elif 100 % weight.as_integer_ratio()[1]:
            faults.append(Fault(f"[{index}].weight", "more_than_2_decimals"))
    total = exact_sum(weights)
    if total < HUNDRED:
        faults.append(Fault("", "weights_missing", {"total": plain(total), "missing": plain(100 - Fraction(total))}))
    elif total > HUNDRED:
        faults.append(Fault("", "weights_too_much", {"total": plain(total), "excess": plain(Fraction(total) - 100)}))
    return faults


def _apportioned(raws: Sequence[Fraction], policy: Policy) -> list[Decimal]:
    impossible = bounds_fault(len(raws), policy)
    if impossible:
        raise Refused(impossible)
    step = policy.weight_step
    denominator = lcm(*(value.denominator for value in raws))
    units = _sainte_lague(
        [int(value * denominator) for value in raws],
        total=int(HUNDRED / step),
        least=int(policy.weight_floor / step),
        most=int(policy.weight_ceiling / step),
    )
    return [shown(count * step) for count in units]


def _sainte_lague(claims: Sequence[int], *, total: int, least: int, most: int) -> list[int]:
    """`total` units shared by the claims, each getting `least` to `most`: the divisor method of Sainte-Laguë.

    The method gives the units one by one, always to the highest claim/(2·units + 1), the earlier claim first where
    two are equal. Handing out 10,000 steps one by one would be slow, so it begins where the one-by-one way passes too:
    every quotient above some figure has been served and none below it. From there it gives or takes single units.
    """
    share, whole = _level(claims, total, least, most)
    units = [min(max((2 * share * claim + whole) // (2 * whole), least), most) for claim in claims]
    lacking = total - sum(units)
    step, bound = (1, most) if lacking > 0 else (-1, least)

    def turn(place: int) -> tuple[Fraction, int]:
        """Lower comes first: the highest claim to a further unit, or the lowest to its last one, of the later KPI."""
        return -step * Fraction(claims[place], 2 * units[place] + step), step * place

    heap = [turn(place) for place, count in enumerate(units) if count != bound]
    heapify(heap)
    for _ in range(abs(lacking)):
        place = abs(heap[0][1])
        units[place] += step
        if units[place] == bound:
            heappop(heap)
        else:
            heapreplace(heap, turn(place))
    return units


def _level(claims: Sequence[int], total: int, least: int, most: int) -> tuple[int, int]:
    """Units and claims whose quotient gives, within the bounds, nearly `total` units in all.

    Claims that a bound holds are set aside on the side that is too heavy, and the rest is shared anew.
    """
    free = list(claims)
    share, whole = total, sum(free)
    while True:
        wanted = [(claim, (2 * share * claim + whole) // (2 * whole)) for claim in free]
        excess = sum(min(max(units, least), most) for _, units in wanted) - share
        bound = least if excess > 0 else most
        free = [claim for claim, units in wanted if (units >= least if excess > 0 else units <= most)]
        if excess == 0 or not free or len(free) == len(wanted):
            return share, whole
        share -= (len(wanted) - len(free)) * bound
        whole = sum(free)
