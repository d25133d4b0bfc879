"""What may an organisation decide about weights, scores and grades, and what contradicts itself?"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from app.rules.faults import Fault
from app.rules.numbers import HUNDRED, ZERO, plain
from app.rules.vocabulary import Missing

STEPS: Final = (Fraction(1, 100), Fraction(1, 2), Fraction(1), Fraction(5))
"""The steps of percentage points in which weights may come."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """How much each rating counts for the weight of a KPI, in percent."""

    priority: Fraction = Fraction(50)
    difficulty: Fraction = Fraction(30)
    credibility: Fraction = Fraction(20)


@dataclass(frozen=True, slots=True)
class GradeBand:
    """A grade by its lower bound; it reaches up to the next band, the lowest one down without end."""

    lower: Fraction
    code: str


@dataclass(frozen=True, slots=True)
class StatusThresholds:
    """From which achievement to date a running KPI counts as achieved, ahead or on track."""

    achieved: Fraction = Fraction(100)
    ahead: Fraction = Fraction(110)
    on_track: Fraction = Fraction(90)


DEFAULT_GRADES: Final = (
    GradeBand(Fraction(110), "outstanding"),
    GradeBand(Fraction(90), "good"),
    GradeBand(Fraction(70), "needs_improvement"),
    GradeBand(Fraction(50), "poor"),
    GradeBand(Fraction(0), "very_poor"),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """The organisation's choices, in force for a cycle; the defaults are those of docs/scoring.md."""

    floor: Fraction = Fraction(0)
    cap: Fraction = Fraction(120)
    missing: Missing = Missing.EXCLUDE
    criteria: Criteria = field(default_factory=Criteria)
    weight_step: Fraction = Fraction(1)
    weight_floor: Fraction = Fraction(5)
    weight_ceiling: Fraction = Fraction(40)
    grades: tuple[GradeBand, ...] = DEFAULT_GRADES
    statuses: StatusThresholds = field(default_factory=StatusThresholds)


def policy_faults(policy: Policy) -> list[Fault]:
    """Everything in the policy that cannot be, whatever plan it is used for."""
    faults = []
    if policy.cap <= policy.floor:
        faults.append(Fault("cap", "cap_not_above_floor"))
    return [
        *faults,
        *_criteria_faults(policy.criteria),
        *_weight_faults(policy),
        *_grade_faults(policy.grades),
        *_status_faults(policy.statuses),
    ]


def _criteria_faults(criteria: Criteria) -> list[Fault]:
    shares = {
        "priority": criteria.priority,
        "difficulty": criteria.difficulty,
        "credibility": criteria.credibility,
    }
    faults = [Fault(f"criteria.{name}", "negative") for name, share in shares.items() if share < 0]
    total = sum(shares.values(), ZERO)
    if total != HUNDRED:
        faults.append(Fault("criteria", "criteria_not_100", {"total": plain(total)}))
    return faults


def _weight_faults(policy: Policy) -> list[Fault]:
    faults = []
    if policy.weight_step not in STEPS:
        faults.append(Fault("weight_step", "unknown_step", {"steps": ", ".join(map(plain, STEPS))}))
    for name, bound in (("weight_floor", policy.weight_floor), ("weight_ceiling", policy.weight_ceiling)):
        if not 0 <= bound <= HUNDRED:
            faults.append(Fault(name, "not_a_percentage"))
        elif policy.weight_step in STEPS and bound % policy.weight_step:
            faults.append(Fault(name, "not_a_multiple_of_step", {"step": plain(policy.weight_step)}))
    if policy.weight_ceiling < policy.weight_floor:
        faults.append(Fault("weight_ceiling", "ceiling_below_floor"))
    return faults


def _grade_faults(bands: tuple[GradeBand, ...]) -> list[Fault]:
    if not bands:
        return [Fault("grades", "no_grades")]
    lowers = Counter(band.lower for band in bands)
    codes = Counter(band.code for band in bands)
    return [
        *(Fault("grades", "grades_begin_alike", {"lower": plain(x)}) for x, count in lowers.items() if count > 1),
        *(Fault("grades", "grades_named_alike", {"grade": code}) for code, count in codes.items() if count > 1),
    ]


def _status_faults(thresholds: StatusThresholds) -> list[Fault]:
    if thresholds.on_track < thresholds.ahead:
        return []
    return [Fault("statuses.ahead", "ahead_not_above_on_track")]
