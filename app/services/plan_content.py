"""What exactly does a plan hold, as plain facts: for the digest of what was accepted, and to compare two versions?"""

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from app.models import Kpi, Objective, Plan
from app.rules.numbers import plain
from app.rules.plan_difference import Fact, KpiFacts, ObjectiveFacts, PlanFacts
from app.services.audit import canonical
from app.services.plan_drafts import number_of

_NO_FACTS: Final = frozenset(
    {
        "id", "plan_id", "objective_id", "definition_id", "place", "number", "code", "computed_weight", "weight_by_id"
    }
)  # fmt: skip
"""Columns that say nothing about what is agreed."""
FACTS_OF_KPI: Final = tuple(column.key for column in Kpi.__table__.columns if column.key not in _NO_FACTS)
FACTS_OF_OBJECTIVE: Final = tuple(column.key for column in Objective.__table__.columns if column.key not in _NO_FACTS)
_NOTHING: Final = (None, "", False, ())


def facts_of(plan: Plan) -> PlanFacts:
    """Everything in the plan that is agreed; what is empty is left out."""
    return PlanFacts(tuple(_objective(objective) for objective in plan.objectives))


def content_of(plan: Plan) -> str:
    """The same with days and method as canonical JSON: what an acceptance keeps."""
    facts = facts_of(plan)
    return canonical(
        {
            "version_number": plan.version_number,
            "starts_on": plan.starts_on,
            "ends_on": plan.ends_on,
            "weighting": plan.weighting,
            "objectives": [
                {
                    "number": objective.number,
                    **objective.facts,
                    "kpis": [{"code": kpi.code, **kpi.facts} for kpi in objective.kpis],
                }
                for objective in facts.objectives
            ],
        }
    )


def digest_of(content: str) -> str:
    """The fingerprint of a content."""
    return hashlib.sha256(content.encode()).hexdigest()


def _objective(objective: Objective) -> ObjectiveFacts:
    facts: dict[str, Fact] = {name: _fact(getattr(objective, name)) for name in FACTS_OF_OBJECTIVE}
    if objective.goal_link is not None:
        facts["goal"] = objective.goal_link.goal.title
    facts["steps"] = tuple(
        " · ".join(part for part in (each.activity, each.resource, _span(each.starts_on, each.ends_on)) if part)
        for each in objective.steps
    )
    return ObjectiveFacts(number_of(objective), _given(facts), tuple(_kpi(kpi) for kpi in objective.kpis))


def _kpi(kpi: Kpi) -> KpiFacts:
    facts: dict[str, Fact] = {name: _fact(getattr(kpi, name)) for name in FACTS_OF_KPI}
    facts["inputs"] = tuple(
        ("/ " if each.is_denominator else "") + ("− " if each.is_subtracted else "") + each.name for each in kpi.inputs
    )
    facts["milestones"] = tuple(f"{each.name}: {plain(each.share)}" for each in kpi.milestones)
    facts["bands"] = tuple(f"{plain(each.start)}: {plain(each.score)}" for each in kpi.bands)
    facts["period_targets"] = tuple(f"{each.period.code}: {plain(each.target)}" for each in kpi.period_targets)
    if kpi.recorder is not None:
        facts["recorder"] = kpi.recorder.person.name if kpi.recorder.person else kpi.recorder.rule.value
    return KpiFacts(kpi.code, _given(facts))


def _span(first: date | None, last: date | None) -> str:
    """Two days as they are written in files; an open end is left open."""
    return f"{first or ''}–{last or ''}" if first or last else ""


def _given(facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
    return {name: fact for name, fact in facts.items() if fact not in _NOTHING}


def _fact(value: Any) -> Fact:
    match value:
        case Decimal():
            return plain(value)
        case StrEnum():
            return value.value
        case None | bool() | int() | str():
            return value
        case _:
            return str(value)
