"""How do the weights of a plan come about, from ratings, by rank or typed, and who set them by hand?"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Conflict, Invalid
from app.models import Kpi, Plan
from app.rules.faults import Fault, Refused
from app.rules.numbers import HUNDRED
from app.rules.plan import FEWEST_KPIS
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import WeightingMethod
from app.rules.weighting import (
    RATINGS,
    Rating,
    bounds_fault,
    computed_weights,
    direct_weight_faults,
    ranked_weights,
)
from app.services.cycles import policy_of
from app.services.plan_drafts import draft_for_change, kpi_of, kpis_of, note_change

LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class KpiRatings:
    """The three ratings of a KPI as far as they are given."""

    priority: int | None = None
    difficulty: int | None = None
    data_credibility: int | None = None


def ratings_of(kpi: Kpi) -> KpiRatings:
    """The three ratings of the KPI as far as they are given."""
    return KpiRatings(kpi.priority, kpi.difficulty, kpi.data_credibility)


def rating_of(kpi: Kpi) -> Rating | None:
    """The ratings of the KPI as the rules compute with them; none while one is missing."""
    if kpi.priority is None or kpi.difficulty is None or kpi.data_credibility is None:
        return None
    return Rating(kpi.priority, kpi.difficulty, kpi.data_credibility)


def is_overridden(plan: Plan) -> bool:
    """Whether the weights were set by hand, with a reason, to something else than the method gives."""
    return any(kpi.weight_by_id is not None for kpi in kpis_of(plan))


def weigh_plan(plan: Plan) -> None:
    """Write the weights that follow from the plan's method; weights that were set by hand stay beside them."""
    if plan.weighting is WeightingMethod.DIRECT:
        return
    kpis = kpis_of(plan)
    weights = _weights_by_method(plan, kpis)
    keeps_hand = is_overridden(plan)
    for kpi, weight in zip(kpis, weights, strict=True):
        kpi.computed_weight = weight
        if not keeps_hand:
            kpi.weight = weight


def _weights_by_method(plan: Plan, kpis: list[Kpi]) -> list[Decimal] | list[None]:
    """The weights of the KPIs, or none for all while they cannot be computed."""
    nothing = [None] * len(kpis)
    if not kpis:
        return nothing
    policy = policy_of(plan.cycle)
    try:
        if plan.weighting is WeightingMethod.RANKED:
            return ranked_weights(len(kpis), policy)
        ratings = [rating_of(kpi) for kpi in kpis]
        complete = [rating for rating in ratings if rating is not None]
        return computed_weights(complete, policy) if len(complete) == len(kpis) else nothing
    except Refused:
        return nothing


def weight_faults(plan: Plan) -> list[Fault]:
    """What the weights still lack, seen from the plan."""
    kpis = kpis_of(plan)
    if not kpis:
        return []
    faults: list[Fault] = []
    if plan.weighting is WeightingMethod.COMPUTED:
        unrated = [index for index, kpi in enumerate(kpis) if rating_of(kpi) is None]
        faults = [Fault(f"kpis[{index}].ratings", "ratings_missing") for index in unrated]
    if plan.weighting is WeightingMethod.DIRECT or is_overridden(plan):
        return [*faults, *_sum_faults(kpis)]
    impossible = bounds_fault(len(kpis), policy_of(plan.cycle))
    # With too few KPIs the ceiling never lets them make 100; that they are too few is said already
    return [*faults, impossible.under("weights")] if impossible and len(kpis) >= FEWEST_KPIS else faults


def _sum_faults(kpis: list[Kpi]) -> list[Fault]:
    missing = [Fault(f"kpis[{index}].weight", "required") for index, kpi in enumerate(kpis) if kpi.weight is None]
    sums = [
        fault.under("weights")
        for fault in direct_weight_faults([kpi.weight or Decimal(0) for kpi in kpis])
        if not fault.at
    ]
    return [*missing, *sums]


def rate_kpis(
    session: Session, actor: Actor, *, plan_id: int, version: int | None, ratings: Mapping[int, KpiRatings]
) -> Plan:
    """Rate some or all KPIs of a draft, by the KPI's id; the weights follow."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    faults = [fault for kpi_id, given in ratings.items() for fault in _rating_faults(kpi_id, given)]
    if faults:
        raise Invalid(faults)
    for kpi_id, given in ratings.items():
        kpi = kpi_of(plan, kpi_id)
        kpi.priority, kpi.difficulty = given.priority, given.difficulty
        kpi.data_credibility = given.data_credibility
    weigh_plan(plan)
    note_change(session, actor, plan, "plan.rated", details={"kpis": _facts(plan)})
    return plan


def _rating_faults(kpi_id: int, given: KpiRatings) -> list[Fault]:
    return [
        Fault(f"{name}_{kpi_id}", "rating_out_of_range")
        for name in ("priority", "difficulty", "data_credibility")
        if (rating := getattr(given, name)) is not None and rating not in RATINGS
    ]


def choose_weighting(
    session: Session, actor: Actor, *, plan_id: int, version: int | None, weighting: WeightingMethod
) -> Plan:
    """Choose how the weights of a draft are found; typed weights start from those that stand."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    plan.weighting = weighting
    for kpi in kpis_of(plan):
        kpi.computed_weight, kpi.weight_reason, kpi.weight_by_id = None, "", None
    weigh_plan(plan)
    note_change(session, actor, plan, "plan.weighting_chosen", details={"weighting": weighting.value})
    return plan


def type_weights(
    session: Session, actor: Actor, *, plan_id: int, version: int | None, weights: Mapping[int, Decimal | None]
) -> Plan:
    """Type the weights of a draft whose method is `direct`; they may wait for the rest until the plan is submitted."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    if plan.weighting is not WeightingMethod.DIRECT:
        raise Conflict("weights_not_typed")
    _check_typed(weights)
    for kpi_id, weight in weights.items():
        kpi_of(plan, kpi_id).weight = weight
    note_change(session, actor, plan, "plan.weights_typed", details={"kpis": _facts(plan)})
    return plan


def override_weights(
    session: Session,
    actor: Actor,
    *,
    plan_id: int,
    version: int | None,
    weights: Mapping[int, Decimal | None],
    reason: str,
) -> Plan:
    """Set the weights of a draft by hand: all of them, exactly 100, with a reason; the computed ones stay beside."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    if plan.weighting is WeightingMethod.DIRECT:
        raise Conflict("weights_typed_anyway")
    _check_typed(weights)
    reason = tidy_lines(reason)
    kpis = kpis_of(plan)
    typed = [weights.get(kpi.id) for kpi in kpis]
    faults = [Fault(f"weight_{kpi.id}", "required") for kpi, weight in zip(kpis, typed, strict=True) if weight is None]
    if not faults:
        faults = [
            fault.under("weights")
            for fault in direct_weight_faults([weight or Decimal(0) for weight in typed])
            if not fault.at
        ]
    faults += text_faults("reason", reason, limit=LONGEST_REASON)
    if faults:
        raise Invalid(faults)
    for kpi, weight in zip(kpis, typed, strict=True):
        kpi.weight, kpi.weight_reason, kpi.weight_by_id = weight, reason, actor.person_id
    note_change(
        session,
        actor,
        plan,
        "plan.weights_overridden",
        details={"kpis": _facts(plan)},
        words={"reason": reason},
    )
    return plan


def drop_override(session: Session, actor: Actor, *, plan_id: int, version: int | None) -> Plan:
    """Go back from weights set by hand to the computed ones."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    for kpi in kpis_of(plan):
        kpi.weight_reason, kpi.weight_by_id = "", None
    weigh_plan(plan)
    note_change(session, actor, plan, "plan.override_dropped", details={"kpis": _facts(plan)})
    return plan


def _check_typed(weights: Mapping[int, Decimal | None]) -> None:
    """Refuse single weights that cannot be; each stands beside its own field."""
    faults = []
    for kpi_id, weight in weights.items():
        if weight is None:
            continue
        at = f"weight_{kpi_id}"
        if weight > HUNDRED:
            faults.append(Fault(at, "too_large", {"maximum": "100"}))
        else:
            faults += [Fault(at, fault.code, fault.values) for fault in direct_weight_faults([weight]) if fault.at]
    if faults:
        raise Invalid(faults)


def _facts(plan: Plan) -> dict[str, list[str | None]]:
    """Ratings and weights of all KPIs, for the record."""
    return {
        kpi.code: [
            *(
                None if rating is None else str(rating)
                for rating in (kpi.priority, kpi.difficulty, kpi.data_credibility)
            ),
            None if kpi.weight is None else str(kpi.weight),
        ]
        for kpi in kpis_of(plan)
    }
