"""What does the policy in a JSON card say? Whatever it leaves out has its _DEFAULT."""

from collections.abc import Mapping
from typing import Any, Final

from app.documents.json_fields import Fields, unsaid
from app.rules.faults import Fault
from app.rules.policy import Criteria, GradeBand, Policy, policy_faults
from app.rules.vocabulary import Missing

_DEFAULT: Final = Policy()
_CRITERIA: Final = ("priority", "difficulty", "credibility")
_LIMITS: Final = ("floor", "cap")
_WEIGHTS: Final = ("weight_step", "weight_floor", "weight_ceiling")
_KEYS: Final = (*_LIMITS, "missing", "criteria", *_WEIGHTS, "grades")
_COMPARED_WITH: Final[Mapping[str, str]] = {
    "cap_not_above_floor": "floor",
    "ceiling_below_floor": "weight_floor",
    "not_a_multiple_of_step": "weight_step",
}
"""Faults that compare two keys, and the other key: where that one is refused there is nothing to compare with."""


def read_policy(value: Any) -> tuple[Policy, list[Fault]]:
    """The policy and its faults, seen from the policy; a refused key has its default in the policy given back."""
    if value == {}:
        return _DEFAULT, []
    fields = Fields(value, _KEYS)
    policy = Policy(
        floor=fields.fraction_or("floor", _DEFAULT.floor),
        cap=fields.fraction_or("cap", _DEFAULT.cap),
        missing=fields.choice("missing", Missing) or _DEFAULT.missing,
        criteria=_criteria(fields),
        weight_step=fields.fraction_or("weight_step", _DEFAULT.weight_step),
        weight_floor=fields.fraction_or("weight_floor", _DEFAULT.weight_floor),
        weight_ceiling=fields.fraction_or("weight_ceiling", _DEFAULT.weight_ceiling),
        grades=_grades(fields),
    )
    refused = {fault.at for fault in fields.faults}
    comparable = (f for f in policy_faults(policy) if _COMPARED_WITH.get(f.code) not in refused)
    return policy, [*fields.faults, *unsaid(comparable, fields.faults)]


def _criteria(fields: Fields) -> Criteria:
    part = fields.part("criteria", _CRITERIA)
    default = _DEFAULT.criteria
    criteria = Criteria(
        priority=part.fraction_or("priority", default.priority),
        difficulty=part.fraction_or("difficulty", default.difficulty),
        credibility=part.fraction_or("credibility", default.credibility),
    )
    fields.take("criteria", part)
    return criteria


def _grades(fields: Fields) -> tuple[GradeBand, ...]:
    items = fields.items("grades")
    if items is None:
        return _DEFAULT.grades
    bands = []
    for index, item in enumerate(items):
        part = Fields(item, ("from", "code"))
        part.need("from", "code")
        lower, code = part.fraction("from"), part.text("code")
        if lower is not None and code is not None:
            bands.append(GradeBand(lower, code))
        fields.take(f"grades[{index}]", part)
    return tuple(bands)
