"""How is advice about objectives and KPIs shown: beside the fields of a form, and as a list for the whole plan?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from app.advice_texts import advice_text
from app.i18n import Locale, mark
from app.models import Plan
from app.rules.smart import Advice, Severity
from app.services.plan_drafts import kpis_of
from app.web.plan_checklist import FIELDS

OBJECTIVE_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "title": mark("Result to achieve"),
        "description": mark("Explanation"),
        "success": mark("What success looks like"),
        "due_on": mark("To be reached by"),
        "training_needed": mark("Training"),
        "budget_needed": mark("Budget"),
        "help_needed": mark("Help from others"),
        "steps": mark("Action plan"),
    }
)
"""The name of each field of an objective on pages."""
_PLACE: Final = re.compile(r"(objectives|kpis)\[(\d+)\]\.(\w+)")


class Hint(NamedTuple):
    """One advice: the field it is about, what it says, and where that field is."""

    label: str
    text: str
    path: str
    is_question: bool


class Hints(NamedTuple):
    """What is advised about one objective or KPI."""

    subject: str
    hints: Sequence[Hint]


def hints_of(found: Iterable[Advice], locale: Locale, path: str = "") -> list[Hint]:
    """Advice about one form, each leading to its field."""
    return [_hint(each, each.at, path, locale) for each in found]


def hints_by_part(plan: Plan, found: Iterable[Advice], locale: Locale) -> list[Hints]:
    """Advice about a whole plan, together for each objective and KPI, in the order of the plan."""
    kpis = kpis_of(plan)
    grouped: dict[tuple[str, int], list[Hint]] = {}
    for each in found:
        match = _PLACE.fullmatch(each.at)
        if match is None:
            continue
        part, place, field = match[1], int(match[2]), match[3]
        path = f"/plans/{plan.id}/{part}/{(plan.objectives if part == 'objectives' else kpis)[place].id}"
        grouped.setdefault((part, place), []).append(_hint(each, field, path, locale))
    return [
        Hints(plan.objectives[place].title if part == "objectives" else f"{kpis[place].code} {kpis[place].name}", hints)
        for (part, place), hints in grouped.items()
    ]


def _hint(advice: Advice, field: str, path: str, locale: Locale) -> Hint:
    label = OBJECTIVE_FIELDS.get(field) or FIELDS[field]
    # Ratings stand in the editor of the plan, not in the form of the KPI
    place = re.sub(r"/kpis/(\d+)$", r"#kpi-\1", path) if field == "data_credibility" else f"{path}#field-{field}"
    return Hint(locale.text(label), advice_text(advice, locale), place, advice.severity is Severity.QUESTION)
