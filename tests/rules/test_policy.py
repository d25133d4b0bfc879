"""Which policies contradict themselves?"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from app.rules.policy import Criteria, GradeBand, Policy, StatusThresholds, policy_faults
from app.rules.vocabulary import Missing

POLICY = Policy()


def test_the_default_policy_is_that_of_the_rules() -> None:
    assert policy_faults(POLICY) == []
    assert [POLICY.floor, POLICY.cap] == [0, 120]
    assert POLICY.missing is Missing.EXCLUDE
    criteria = POLICY.criteria
    assert [criteria.priority, criteria.difficulty, criteria.credibility] == [50, 30, 20]
    assert [POLICY.weight_step, POLICY.weight_floor, POLICY.weight_ceiling] == [1, 5, 40]
    assert POLICY.grades == bands(
        (110, "outstanding"), (90, "good"), (70, "needs_improvement"), (50, "poor"), (0, "very_poor")
    )


def bands(*pairs: tuple[int, str]) -> tuple[GradeBand, ...]:
    return tuple(GradeBand(Fraction(lower), code) for lower, code in pairs)


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"cap": Fraction(0)}, [("cap", "cap_not_above_floor")]),
        ({"floor": Fraction(-10), "cap": Fraction(-5)}, []),
        ({"criteria": Criteria(Fraction(100), Fraction(0), Fraction(0))}, []),
        ({"criteria": Criteria(Fraction(60))}, [("criteria", "criteria_not_100")]),
        (
            {"criteria": Criteria(Fraction(-10), Fraction(90), Fraction(20))},
            [("criteria.priority", "negative")],
        ),
        ({"weight_step": Fraction(2)}, [("weight_step", "unknown_step")]),
        ({"weight_step": Fraction(5)}, []),
        ({"weight_floor": Fraction(11, 2)}, [("weight_floor", "not_a_multiple_of_step")]),
        ({"weight_ceiling": Fraction(101)}, [("weight_ceiling", "not_a_percentage")]),
        ({"weight_floor": Fraction(-1)}, [("weight_floor", "not_a_percentage")]),
        ({"weight_floor": Fraction(41)}, [("weight_ceiling", "ceiling_below_floor")]),
        ({"weight_floor": Fraction(40)}, []),
        ({"grades": ()}, [("grades", "no_grades")]),
        ({"grades": bands((0, "A"))}, []),
        ({"grades": bands((0, "B"), (90, "A"))}, []),
        ({"grades": bands((90, "A"), (90, "B"))}, [("grades", "grades_begin_alike")]),
        ({"grades": bands((90, "A"), (0, "A"))}, [("grades", "grades_named_alike")]),
        ({"statuses": StatusThresholds(ahead=Fraction(90))}, [("statuses.ahead", "ahead_not_above_on_track")]),
    ],
)
def test_contradictions_are_found(change: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    found = policy_faults(replace(POLICY, **change))
    assert [(fault.at, fault.code) for fault in found] == faults
