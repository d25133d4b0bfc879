"""What stands between a draft and its submission, as lines to work through, each leading to its place?"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from app.i18n import Locale, mark
from app.messages import fault_text
from app.models import Kpi, Plan
from app.rules.faults import Fault
from app.services.plan_drafts import kpis_of

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": mark("Name"),
        "code": mark("Code"),
        "definition": mark("Definition"),
        "relevance": mark("Why it belongs to the objective"),
        "source_kind": mark("Where the figure comes from"),
        "source": mark("Source"),
        "recorder": mark("Who records it"),
        "recorder_number": mark("Employee number of the third party"),
        "measure": mark("What is measured"),
        "aggregation": mark("How entries become the actual"),
        "numerator": mark("Numerator"),
        "denominator": mark("Denominator"),
        "scale": mark("Times"),
        "unit_of_measure": mark("Unit of measure"),
        "frequency": mark("How often an entry is due"),
        "method": mark("Scoring method"),
        "target": mark("Target"),
        "low": mark("Lower bound"),
        "high": mark("Upper bound"),
        "levels": mark("Highest level"),
        "bands": mark("Points"),
        "below": mark("Below the first point"),
        "above": mark("Above the last point"),
        "milestones": mark("Milestones"),
        "baseline": mark("Value before"),
        "floor": mark("Lowest score"),
        "cap": mark("Highest score"),
        "is_target_maximum": mark("More than the target is not possible"),
        "period_targets": mark("Targets of the periods"),
        "weight": mark("Weight"),
        "ratings": mark("Ratings"),
        "priority": mark("Priority"),
        "difficulty": mark("Difficulty"),
        "data_credibility": mark("Data credibility"),
    }
)
"""The name of each field of a KPI on pages."""

_KPI: Final = re.compile(r"kpis\[(\d+)\]\.(\w+)")
_OBJECTIVE: Final = re.compile(r"objectives\[(\d+)\]\.kpis")
_SHAPE: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("objectives", "too_few"): mark("%(fewest)s to %(most)s objectives are needed; there are %(count)s."),
        ("objectives", "too_many"): mark("No more than %(most)s objectives are allowed; there are %(count)s."),
        ("kpis", "too_few"): mark("%(fewest)s to %(most)s KPIs are needed in all; there are %(count)s."),
        ("kpis", "too_many"): mark("No more than %(most)s KPIs are allowed in all; there are %(count)s."),
    }
)


class Open(NamedTuple):
    """One line of the checklist: what it is about, what is missing there, and where to go."""

    subject: str
    texts: tuple[str, ...]
    path: str
    is_count: bool = False
    """Whether it only says how many objectives or KPIs there should be, which the guide says all the time."""


def checklist(plan: Plan, missing: Sequence[Fault], locale: Locale) -> list[Open]:
    """The findings about a plan, in the order in which they are found, together for each KPI and objective."""
    kpis = kpis_of(plan)
    lines: dict[str, Open] = {}
    for fault in missing:
        line = _line(plan, kpis, fault, locale)
        known = lines.get(line.subject) if line.subject else None
        key = line.subject or f"{fault.at} {fault.code}"
        lines[key] = known._replace(texts=known.texts + line.texts) if known else line
    return list(lines.values())


def _line(plan: Plan, kpis: Sequence[Kpi], fault: Fault, locale: Locale) -> Open:
    if text := _SHAPE.get((fault.at, fault.code)):
        path = "#new-objective" if fault.at == "objectives" else "#objectives"
        return Open("", (locale.text(text, **fault.values),), path, is_count=True)
    if found := _KPI.fullmatch(fault.at):
        return _about_kpi(plan, kpis[int(found[1])], found[2], fault, locale)
    if found := _OBJECTIVE.fullmatch(fault.at):
        objective = plan.objectives[int(found[1])]
        text = mark("has no KPI yet") if fault.code == "too_few" else mark("has more than %(most)s KPIs")
        return Open(objective.title, (locale.text(text, **fault.values),), f"#objective-{objective.id}")
    return Open("", (fault_text(fault, locale),), "#plan-weights")


def _about_kpi(plan: Plan, kpi: Kpi, field: str, fault: Fault, locale: Locale) -> Open:
    subject = f"{kpi.code} {kpi.name}"
    if field == "ratings":
        return Open(subject, (locale.text(mark("not rated on all three criteria yet")),), f"#kpi-{kpi.id}")
    path = f"#kpi-{kpi.id}" if field == "weight" else f"/plans/{plan.id}/kpis/{kpi.id}#field-{field}"
    return Open(subject, (f"{locale.text(FIELDS[field])}: {fault_text(fault, locale)}",), path)
