"""How is the difference between two versions of a plan said in words? Blocks of lines, each before and after."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from app import plan_words
from app.i18n import Locale, mark
from app.models import Kpi, Plan
from app.rules.numbers import brief
from app.rules.plan_difference import Change, Fact, FactChange
from app.services.plan_changes import VersionDifference
from app.services.plan_drafts import kpis_of, number_of
from app.web.plan_checklist import FIELDS

LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **FIELDS,
        "title": mark("Result to achieve"),
        "description": mark("Explanation"),
        "success": mark("Definition of success"),
        "due_on": mark("Due on"),
        "training_needed": mark("Training needed"),
        "budget_needed": mark("Budget needed"),
        "help_needed": mark("Help needed"),
        "steps": mark("Action plan"),
        "goal": mark("Goal that it serves"),
        "objective": mark("Objective"),
        "inputs": mark("Inputs"),
        "weight_reason": mark("Reason for the weight set by hand"),
    }
)
"""What each fact of an objective or a KPI is called."""
_FIRST: Final = ("objective", "target", "low", "high", "levels", "weight", "method")
"""What is read first."""
_OF_THE_KPI: Final = frozenset({"target", "low", "high"})
_NUMBERS: Final = frozenset({"floor", "cap", "scale"})
_WORDS: Final[Mapping[str, Mapping[Any, plan_words.Word]]] = MappingProxyType(
    {
        "measure": plan_words.MEASURES,
        "method": plan_words.METHODS,
        "aggregation": plan_words.AGGREGATIONS,
        "frequency": plan_words.FREQUENCIES,
        "source_kind": plan_words.SOURCES,
        "below": plan_words.BEYOND,
        "above": plan_words.BEYOND,
        "recorder": plan_words.RECORDERS,
    }
)
TONES: Final[Mapping[Change, plan_words.Word]] = MappingProxyType(
    {
        Change.ADDED: plan_words.Word(mark("New"), "good"),
        Change.CHANGED: plan_words.Word(mark("Changed"), "warn"),
        Change.REMOVED: plan_words.Word(mark("Dropped"), "bad"),
    }
)
"""What became of a part, and the tone of its badge."""


class Line(NamedTuple):
    """One fact before and after."""

    label: str
    before: str
    after: str


class Block(NamedTuple):
    """One objective or KPI that is not what it was."""

    kind: str
    name: str
    change: plan_words.Word
    lines: Sequence[Line]


def change_words(found: VersionDifference, locale: Locale) -> list[Block]:
    """Everything that is different, objectives first."""
    plans = [plan for plan in (found.before, found.after) if plan is not None]
    titles = {number_of(each): each.title for plan in plans for each in plan.objectives}
    kpis = [{kpi.code: kpi for kpi in kpis_of(plan)} for plan in plans]
    known: dict[str, Kpi] = {code: kpi for each in kpis for code, kpi in each.items()}
    blocks = [
        Block(
            locale.text(mark("Objective")),
            titles[each.number],
            TONES[each.change],
            [_line(fact, titles, ("", ""), locale) for fact in each.facts],
        )
        for each in found.difference.objectives
        if each.change is not Change.SAME
    ]
    for each in found.difference.kpis:
        if each.change is not Change.SAME:
            units = _units(found.before, each.code), _units(found.after, each.code)
            lines = [_line(fact, titles, units, locale) for fact in sorted(each.facts, key=_order)]
            blocks.append(Block(locale.text(mark("KPI")), known[each.code].name, TONES[each.change], lines))
    return blocks


def _units(plan: Plan | None, code: str) -> str:
    """In what the KPI was measured."""
    kpi = next((each for each in kpis_of(plan) if each.code == code), None) if plan else None
    return kpi.unit_of_measure if kpi else ""


def _order(fact: FactChange) -> int:
    return _FIRST.index(fact.name) if fact.name in _FIRST else len(_FIRST)


def _line(fact: FactChange, titles: Mapping[int, str], units: tuple[str, str], locale: Locale) -> Line:
    before, after = (
        _shown(fact.name, value, titles, unit, locale)
        for value, unit in zip((fact.before, fact.after), units, strict=True)
    )
    return Line(locale.text(LABELS[fact.name]), before, after)


def _shown(name: str, fact: Fact, titles: Mapping[int, str], unit: str, locale: Locale) -> str:
    match fact:
        case None | "" | ():
            return "–"
        case bool():
            return locale.text(mark("Yes") if fact else mark("No"))
        case int():
            return titles[fact] if name == "objective" else locale.number(fact)
        case str():
            return _text(name, fact, unit, locale)
        case _:
            return "\n".join(fact)


def _text(name: str, fact: str, unit: str, locale: Locale) -> str:
    if name in _WORDS and fact in set(_WORDS[name]):
        return locale.text(_WORDS[name][fact].name)
    if name == "weight":
        return locale.percent(Decimal(fact))
    if name == "baseline":
        return locale.measure(brief(Decimal(fact)), unit)
    if name in _OF_THE_KPI:
        return locale.measure(Decimal(fact), unit)
    return locale.number(Decimal(fact)) if name in _NUMBERS else fact
