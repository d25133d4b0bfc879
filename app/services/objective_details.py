"""What is agreed about an objective beside its title: success, a day, support, the steps towards it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.models import ActionStep, Objective, Plan
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy, tidy_lines

MOST_STEPS: Final = 12
LIMITS: Final[Mapping[str, int]] = {
    "success": 1_000,
    "training_needed": 500,
    "budget_needed": 500,
    "help_needed": 500,
    "activity": 300,
    "resource": 300,
}
SUPPORT: Final = ("training_needed", "budget_needed", "help_needed")


@dataclass(frozen=True, slots=True)
class StepValues:
    """What is typed about one step of an action plan."""

    activity: str
    resource: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class ObjectiveDetails:
    """What is typed about an objective beside title and explanation; all of it may be left empty."""

    success: str = ""
    due_on: date | None = None
    training_needed: str = ""
    budget_needed: str = ""
    help_needed: str = ""
    steps: Sequence[StepValues] = ()


def detail_faults(details: ObjectiveDetails, plan: Plan) -> list[Fault]:
    """Everything that cannot be, by its field; a step's at `steps[0].ends_on`."""
    faults = text_faults("success", tidy_lines(details.success), limit=LIMITS["success"], required=False)
    for name in SUPPORT:
        faults += text_faults(name, tidy_lines(getattr(details, name)), limit=LIMITS[name], required=False)
    first, last = plan.cycle.starts_on, plan.cycle.ends_on
    if details.due_on is not None and not first <= details.due_on <= last:
        faults.append(Fault("due_on", "outside_cycle", {"first": first.isoformat(), "last": last.isoformat()}))
    if len(details.steps) > MOST_STEPS:
        faults.append(Fault("steps", "too_many_parts", {"most": str(MOST_STEPS)}))
    for place, step in enumerate(details.steps):
        faults += [fault.under(f"steps[{place}]") for fault in _step_faults(step)]
    return faults


def _step_faults(step: StepValues) -> list[Fault]:
    faults = text_faults("activity", tidy(step.activity), limit=LIMITS["activity"])
    faults += text_faults("resource", tidy(step.resource), limit=LIMITS["resource"], required=False)
    if step.starts_on is not None and step.ends_on is not None and step.ends_on < step.starts_on:
        faults.append(Fault("ends_on", "step_ends_before_start"))
    return faults


def write_details(objective: Objective, details: ObjectiveDetails) -> None:
    """Write typed details to the objective; steps in the order in which they were typed."""
    objective.success = tidy_lines(details.success)
    objective.due_on = details.due_on
    for name in SUPPORT:
        setattr(objective, name, tidy_lines(getattr(details, name)))
    objective.steps = [
        ActionStep(
            place=place,
            activity=tidy(step.activity),
            resource=tidy(step.resource),
            starts_on=step.starts_on,
            ends_on=step.ends_on,
            is_done=step.is_done,
        )
        for place, step in enumerate(details.steps, start=1)
    ]


def details_of(objective: Objective) -> ObjectiveDetails:
    """What stands about the objective."""
    return ObjectiveDetails(
        success=objective.success,
        due_on=objective.due_on,
        training_needed=objective.training_needed,
        budget_needed=objective.budget_needed,
        help_needed=objective.help_needed,
        steps=[
            StepValues(step.activity, step.resource, step.starts_on, step.ends_on, step.is_done)
            for step in objective.steps
        ],
    )


def copy_steps(source: Objective, copied: Objective, *, is_same_cycle: bool, is_same_person: bool) -> None:
    """The steps of an objective that is copied: their days belong to the cycle, what is done to the person."""
    if not is_same_cycle:
        copied.due_on = None
    copied.steps = [
        ActionStep(
            place=step.place,
            activity=step.activity,
            resource=step.resource,
            starts_on=step.starts_on if is_same_cycle else None,
            ends_on=step.ends_on if is_same_cycle else None,
            is_done=step.is_done and is_same_cycle and is_same_person,
        )
        for step in source.steps
    ]
