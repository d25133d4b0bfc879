"""What is different between two versions of a plan: objectives and KPIs that came, went or changed, and in what?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias, TypeVar

Fact: TypeAlias = str | int | bool | tuple[str, ...] | None
"""A value as it is written down: text, a whole number, yes or no, a list of texts, or nothing."""


class Change(StrEnum):
    """What became of a part from one version to the next."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class KpiFacts:
    """A KPI by the code that it keeps over versions, with everything that is agreed about it by name."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectiveFacts:
    """An objective by the number that it keeps over versions, with what is agreed about it."""

    number: int
    facts: Mapping[str, Fact] = field(default_factory=dict)
    kpis: tuple[KpiFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What a version of a plan holds."""

    objectives: tuple[ObjectiveFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact before and after; None where there is none."""

    name: str
    before: Fact
    after: Fact


@dataclass(frozen=True, slots=True)
class KpiDifference:
    """What became of one KPI; all its facts where it was added or removed."""

    code: str
    change: Change
    facts: tuple[FactChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectiveDifference:
    """What became of one objective."""

    number: int
    change: Change
    facts: tuple[FactChange, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """Objectives and KPIs of both versions, each once: those of the later in its order, then those that went."""

    objectives: tuple[ObjectiveDifference, ...] = ()
    kpis: tuple[KpiDifference, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether both versions hold the same."""
        changes = {each.change for each in self.objectives} | {each.change for each in self.kpis}
        return changes <= {Change.SAME}


def plan_difference(before: PlanFacts, after: PlanFacts) -> PlanDifference:
    """What it takes to get from one version to the other; a KPI that moved has another objective."""
    return PlanDifference(
        tuple(
            ObjectiveDifference(number, *changed)
            for number, changed in _changes(_objectives(before), _objectives(after))
        ),
        tuple(KpiDifference(code, *changed) for code, changed in _changes(_kpis(before), _kpis(after))),
    )


_Known: TypeAlias = Mapping[str, Fact]
_Key = TypeVar("_Key", bound=int | str)


def _objectives(plan: PlanFacts) -> dict[int, _Known]:
    return {each.number: each.facts for each in plan.objectives}


def _kpis(plan: PlanFacts) -> dict[str, _Known]:
    return {
        kpi.code: {"objective": objective.number, **kpi.facts}
        for objective in plan.objectives
        for kpi in objective.kpis
    }


def _changes(
    before: Mapping[_Key, _Known], after: Mapping[_Key, _Known]
) -> list[tuple[_Key, tuple[Change, tuple[FactChange, ...]]]]:
    keys = [*after, *(key for key in before if key not in after)]
    return [(key, _change(before.get(key), after.get(key))) for key in keys]


def _change(before: _Known | None, after: _Known | None) -> tuple[Change, tuple[FactChange, ...]]:
    facts = _fact_changes(before or {}, after or {})
    if before is None:
        return Change.ADDED, facts
    if after is None:
        return Change.REMOVED, facts
    return (Change.CHANGED if facts else Change.SAME), facts


def _fact_changes(before: _Known, after: _Known) -> tuple[FactChange, ...]:
    names: Sequence[str] = list(dict.fromkeys([*after, *before]))
    changes = (FactChange(name, before.get(name), after.get(name)) for name in names)
    return tuple(change for change in changes if change.before != change.after)
