"""Which fields does the form of an objective have, and how do they become values and values become fields?"""

import re
from typing import Any, Final

from app.errors import Invalid
from app.models import Objective
from app.rules.faults import Fault
from app.services.objective_details import LIMITS, MOST_STEPS, ObjectiveDetails, StepValues
from app.services.plan_kpis import LONGEST_DESCRIPTION, LONGEST_TITLE, ObjectiveValues
from app.web.forms import Form

_FEWEST_ROWS: Final = 2
_SPARE_ROWS: Final = 2
_STEP: Final = re.compile(r"steps\[(\d+)\]\.(\w+)")


def read(form: Form) -> ObjectiveValues:
    """What was typed; what cannot be read is noted as a fault of the form."""
    return ObjectiveValues(
        title=form.text("title", limit=LONGEST_TITLE),
        description=form.text("description", limit=LONGEST_DESCRIPTION, required=False, lines=True),
        details=ObjectiveDetails(
            success=form.text("success", limit=LIMITS["success"], required=False, lines=True),
            due_on=form.date("due_on", required=False),
            training_needed=form.text("training_needed", limit=LIMITS["training_needed"], required=False, lines=True),
            budget_needed=form.text("budget_needed", limit=LIMITS["budget_needed"], required=False, lines=True),
            help_needed=form.text("help_needed", limit=LIMITS["help_needed"], required=False, lines=True),
            steps=[_step(form, row) for row in _filled(form)],
        ),
    )


def _step(form: Form, row: int) -> StepValues:
    return StepValues(
        activity=form.text(f"step_activity_{row}", limit=LIMITS["activity"]),
        resource=form.text(f"step_resource_{row}", limit=LIMITS["resource"], required=False),
        starts_on=form.date(f"step_starts_on_{row}", required=False),
        ends_on=form.date(f"step_ends_on_{row}", required=False),
        is_done=form.checked(f"step_is_done_{row}"),
    )


def _filled(form: Form) -> list[int]:
    names = ("activity", "resource", "starts_on", "ends_on", "is_done")
    return [row for row in range(1, MOST_STEPS + 1) if any(form.value(f"step_{name}_{row}").strip() for name in names)]


def rows_of(form: Form) -> int:
    """How many rows for steps: those that are filled and a few to spare."""
    asked = _SPARE_ROWS if form.value("more") else 0
    return min(max(_FEWEST_ROWS, max(_filled(form), default=0) + 1) + asked, MOST_STEPS)


def seen_in_form(form: Form, refused: Invalid) -> Invalid:
    """The same refusal with the faults of steps at their rows, of which some may be empty."""
    rows = _filled(form)

    def placed(fault: Fault) -> Fault:
        match = _STEP.fullmatch(fault.at)
        return Fault(f"step_{match[2]}_{rows[int(match[1])]}", fault.code, fault.values) if match else fault

    return Invalid([placed(fault) for fault in refused.faults])


def from_objective(objective: Objective) -> dict[str, Any]:
    """The fields of an objective that stands."""
    fields: dict[str, Any] = {
        name: getattr(objective, name)
        for name in (
            "title", "description", "success", "due_on", "training_needed", "budget_needed", "help_needed",
        )
    }  # fmt: skip
    for row, step in enumerate(objective.steps, start=1):
        for name in ("activity", "resource", "starts_on", "ends_on", "is_done"):
            fields[f"step_{name}_{row}"] = getattr(step, name)
    return fields
