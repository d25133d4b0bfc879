"""Which states do a plan and an appraisal go through, who moves them, and what must hold? One table for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from app.rules.vocabulary import Action, AppraisalState, PlanState

State = TypeVar("State", bound=StrEnum)


class Step(StrEnum):
    """What moves a plan or an appraisal from one state to the next."""

    PUBLISH = "publish"
    REPLACE = "replace"
    SUBMIT = "submit"


class Condition(StrEnum):
    """What must hold before a step; the value is the code of the refusal when it does not."""

    NOTHING_MISSING = "due_entries_missing"
    """Every actual can be scored, and none lacks a due entry where the policy blocks on missing data."""
    PERIOD_OVER = "too_early_to_publish"
    """The period's last day has passed, or HR has closed the period."""
    PLAN_ACTIVE = "no_plan_in_force"
    PLAN_COMPLETE = "plan_not_complete"
    """The plan has no findings."""
    SOMETHING_SCORED = "nothing_scored"
    """At least one KPI has data, so that there is a total."""
    SUCCESSOR_SUBMITTED = "successor_not_submitted"
    """A later version of the plan was submitted."""


@dataclass(frozen=True, slots=True)
class Move(Generic[State]):
    """A row of a table: where the step leads, which permission it needs, and what must hold."""

    to: State
    needs: Action
    conditions: tuple[Condition, ...] = ()


Table = Mapping[tuple[State, Step], Move[State]]

PLAN: Final[Table[PlanState]] = MappingProxyType(
    {
        (PlanState.DRAFT, Step.SUBMIT): Move(PlanState.ACTIVE, Action.PLAN_WRITE, (Condition.PLAN_COMPLETE,)),
        (PlanState.ACTIVE, Step.REPLACE): Move(PlanState.REPLACED, Action.PLAN_WRITE, (Condition.SUCCESSOR_SUBMITTED,)),
    }
)

APPRAISAL: Final[Table[AppraisalState]] = MappingProxyType(
    {
        (AppraisalState.OPEN, Step.PUBLISH): Move(
            AppraisalState.PUBLISHED,
            Action.SCORECARD_PUBLISH,
            (
                Condition.PLAN_ACTIVE,
                Condition.PERIOD_OVER,
                Condition.NOTHING_MISSING,
                Condition.SOMETHING_SCORED,
            ),
        ),
    }
)


class StepRefused(Exception):
    """The step cannot be taken: wrong state, or conditions that do not hold; `codes` names every one."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def moved(table: Table[State], state: State, step: Step, holding: frozenset[Condition]) -> State:
    """The state after the step, for the conditions that hold; raises StepRefused with every reason at once."""
    move = table.get((state, step))
    if move is None:
        raise StepRefused((f"already_{state.value}",))
    unmet = tuple(condition.value for condition in move.conditions if condition not in holding)
    if unmet:
        raise StepRefused(unmet)
    return move.to


def steps_open(table: Table[State], state: State) -> tuple[Step, ...]:
    """The steps that a state knows, in the order of the table."""
    return tuple(step for known, step in table if known == state)
