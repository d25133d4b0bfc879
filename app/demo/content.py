"""What is written down about the demo organisation: divisions, plans, KPIs, names and words?"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final

from app.rules.vocabulary import (
    Aggregation,
    Beyond,
    Frequency,
    MeasureKind,
    Method,
    SourceKind,
)
from app.services.library import terms_of

Row = Mapping[str, Any]

_CREDIBILITY: Final = {kind: 5 - place for place, kind in enumerate(SourceKind)}


@dataclass(frozen=True, slots=True)
class KpiSpec:
    """How a KPI of the demo is set up, and around which figures its actuals move (see kpis.toml)."""

    code: str
    of_library: bool
    source_kind: SourceKind
    source: str
    step: Decimal
    own: Row
    """What the KPI is set up with besides, by its name in kpis.toml."""

    @property
    def data_credibility(self) -> int:
        """The rating that its kind of source deserves."""
        return _CREDIBILITY[self.source_kind]

    def number(self, name: str, default: int | None = None) -> Decimal | None:
        """A figure of the KPI, or the default."""
        given = self.own.get(name, default)
        return None if given is None else Decimal(given)

    def whole(self, name: str, default: int = 0) -> int:
        """A whole figure of the KPI."""
        return int(self.own.get(name, default))

    def says(self, name: str) -> bool:
        """Whether a mark is set."""
        return bool(self.own.get(name, False))


@dataclass(frozen=True, slots=True)
class KpiLine:
    """A KPI in a family's plan: how important, how hard, and the target where it differs from the usual one."""

    spec: KpiSpec
    priority: int
    difficulty: int
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    """An objective in a family's plan."""

    title: str
    kpis: tuple[KpiLine, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A position with its family of plans, and how common it is among the staff of its division."""

    name: str
    family: str
    share: int = 1


@dataclass(frozen=True, slots=True)
class Division:
    """A part of the company with its positions and the units below it."""

    code: str
    name: str
    share: int
    head: Job
    managers: tuple[Job, ...]
    """From the lowest level up."""
    staff: tuple[Job, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Company:
    """The organisation as a whole."""

    name: str
    head: str
    head_office: str
    divisions: tuple[Division, ...]


def _read(name: str) -> dict[str, Any]:
    text = (resources.files("app.demo") / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text, parse_float=Decimal)


@cache
def names() -> Sequence[Row]:
    """Groups of names."""
    groups: list[Row] = _read("names")["groups"]
    return groups


@cache
def words() -> Row:
    """Notes, comments and reasons."""
    return _read("words")


@cache
def story() -> Row:
    """Goals, tasks, and what is said on the last day."""
    return _read("story")


@cache
def company() -> Company:
    """Divisions and positions."""
    raw = _read("company")
    divisions = tuple(_division(each) for each in raw["divisions"])
    return Company(raw["name"], raw["head"], raw["head_office"], divisions)


def _division(raw: Row) -> Division:
    lowest, *others = raw["managers"]
    return Division(
        code=raw["code"],
        name=raw["name"],
        share=raw["share"],
        head=Job(raw["head"], raw["manager_plan"]),
        managers=(Job(lowest, raw["lowest_plan"]), *(Job(name, raw["manager_plan"]) for name in others)),
        staff=tuple(Job(*each) for each in raw["staff"]),
        units=tuple(raw["units"]),
    )


@cache
def kpis() -> Mapping[str, KpiSpec]:
    """All KPIs by code."""
    return {code: _kpi(code, raw) for code, raw in _read("kpis").items()}


def _kpi(code: str, raw: Row) -> KpiSpec:
    return KpiSpec(
        code=code,
        of_library=raw.get("library", False),
        source_kind=SourceKind(raw["source_kind"]),
        source=raw["source"],
        step=Decimal(raw.get("step", 1)),
        own=raw,
    )


@cache
def plans() -> Mapping[str, tuple[ObjectiveLine, ...]]:
    """The plan of each family of positions."""
    return {family: tuple(_objective(each) for each in raw["objectives"]) for family, raw in _read("plans").items()}


def _objective(raw: Row) -> ObjectiveLine:
    lines = []
    for code, priority, difficulty, *target in raw["kpis"]:
        lines.append(KpiLine(kpis()[code], priority, difficulty, Decimal(target[0]) if target else None))
    return ObjectiveLine(raw["title"], tuple(lines))


def set_up(spec: KpiSpec) -> dict[str, Any]:
    """What kpis.toml says about the measure and scoring of a KPI, as arguments of KpiValues."""
    given = {
        argument: read(spec.own[name])
        for name, (argument, read) in _ARGUMENTS.items()
        if spec.own.get(name) is not None
    }
    return {**given, "source_kind": spec.source_kind, "source": spec.source}


def _pairs_of_numbers(rows: Sequence[tuple[Any, Any]]) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(start), Decimal(score)) for start, score in rows]


def _names_with_shares(rows: Sequence[tuple[str, Any]]) -> list[tuple[str, Decimal]]:
    return [(name, Decimal(share)) for name, share in rows]


_ARGUMENTS: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "name": ("name", str),
    "definition": ("definition", str),
    "unit": ("unit_of_measure", str),
    "measure": ("measure", MeasureKind),
    "aggregation": ("aggregation", Aggregation),
    "method": ("method", Method),
    "frequency": ("frequency", Frequency),
    "numerator": ("numerator", terms_of),
    "denominator": ("denominator", terms_of),
    "scale": ("scale", Decimal),
    "milestones": ("milestones", _names_with_shares),
    "low": ("low", Decimal),
    "high": ("high", Decimal),
    "points": ("bands", _pairs_of_numbers),
    "steps": ("bands", _pairs_of_numbers),
    "below": ("below", Beyond),
    "above": ("above", Beyond),
    "levels": ("levels", int),
    "floor": ("floor", Decimal),
    "cap": ("cap", Decimal),
    "is_target_maximum": ("is_target_maximum", bool),
}
"""What kpis.toml may say, the argument of KpiValues that it becomes, and how."""
