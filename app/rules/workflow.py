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

    ACCEPT = "accept"
    ACKNOWLEDGE = "acknowledge"
    APPEAL = "appeal"
    APPROVE = "approve"
    CLOSE = "close"
    COUNTER = "counter"
    DECIDE = "decide"
    PROPOSE = "propose"
    PUBLISH = "publish"
    REOPEN = "reopen"
    REPLACE = "replace"
    RETURN = "return"
    SCORE = "score"
    SUBMIT = "submit"


class Condition(StrEnum):
    """What must hold before a step; the value is the code of the refusal when it does not."""

    ADJUSTMENTS_CURRENT = "adjustment_stale"
    """Every adjustment in force was decided for the computed total as it is."""
    ACCEPTED_AS_IT_IS = "acceptance_outdated"
    """The employee accepted exactly what the plan holds now."""
    AGREEMENT_NOT_ASKED = "agreement_asked"
    """The cycle's policy lets plans come into force without the employee's acceptance."""
    APPEAL_DAYS_OVER = "appeal_days_not_over"
    APPROVAL_NOT_ASKED = "approval_asked"
    """The cycle's policy asks for no second-level approval."""
    NO_APPEAL_BEFORE = "appealed_before"
    NOTHING_MISSING = "due_entries_missing"
    """Every actual can be scored, and none lacks a due entry where the policy blocks on missing data."""
    OTHER_PERSON = "second_person_needed"
    """Whoever acts is somebody else than who took the step before."""
    PERIOD_OVER = "too_early_to_publish"
    """The period's last day has passed, or HR has closed the period."""
    PLAN_ACTIVE = "no_plan_in_force"
    PLAN_COMPLETE = "plan_not_complete"
    """The plan has no findings."""
    REVIEW_COMPLETE = "review_not_complete"
    """Whatever the policy asks of the review is there: self-assessment, behaviour ratings."""
    REVIEW_NOT_ASKED = "review_asked"
    """The cycle's policy lets results be published without a scoring that is handed in."""
    SOMETHING_SCORED = "nothing_scored"
    """At least one KPI has data, so that there is a total."""
    SUCCESSOR_SUBMITTED = "successor_not_submitted"
    """A later version of the plan was submitted."""
    WITHIN_APPEAL_DAYS = "appeal_days_over"


@dataclass(frozen=True, slots=True)
class Move(Generic[State]):
    """A row of a table: where the step leads, which permission it needs, and what must hold."""

    to: State
    needs: Action
    conditions: tuple[Condition, ...] = ()


Table = Mapping[tuple[State, Step], Move[State]]

_FIGURES: Final = (
    Condition.PLAN_ACTIVE,
    Condition.PERIOD_OVER,
    Condition.NOTHING_MISSING,
    Condition.SOMETHING_SCORED,
    Condition.ADJUSTMENTS_CURRENT,
)
"""What must hold of the figures before a result can be made of them."""

PLAN: Final[Table[PlanState]] = MappingProxyType(
    {
        (PlanState.DRAFT, Step.SUBMIT): Move(
            PlanState.ACTIVE, Action.PLAN_WRITE, (Condition.PLAN_COMPLETE, Condition.AGREEMENT_NOT_ASKED)
        ),
        (PlanState.DRAFT, Step.PROPOSE): Move(PlanState.PROPOSED, Action.PLAN_WRITE, (Condition.PLAN_COMPLETE,)),
        (PlanState.PROPOSED, Step.ACCEPT): Move(PlanState.ACCEPTED, Action.PLAN_ACCEPT, (Condition.PLAN_COMPLETE,)),
        (PlanState.PROPOSED, Step.COUNTER): Move(PlanState.COUNTERED, Action.PLAN_ACCEPT),
        (PlanState.PROPOSED, Step.RETURN): Move(PlanState.DRAFT, Action.PLAN_WRITE),
        (PlanState.COUNTERED, Step.PROPOSE): Move(PlanState.PROPOSED, Action.PLAN_WRITE, (Condition.PLAN_COMPLETE,)),
        (PlanState.ACCEPTED, Step.APPROVE): Move(
            PlanState.ACTIVE, Action.PLAN_APPROVE, (Condition.PLAN_COMPLETE, Condition.ACCEPTED_AS_IT_IS)
        ),
        (PlanState.ACCEPTED, Step.RETURN): Move(PlanState.DRAFT, Action.PLAN_WRITE),
        (PlanState.ACTIVE, Step.REPLACE): Move(PlanState.REPLACED, Action.PLAN_WRITE, (Condition.SUCCESSOR_SUBMITTED,)),
    }
)

APPRAISAL: Final[Table[AppraisalState]] = MappingProxyType(
    {
        (AppraisalState.OPEN, Step.SCORE): Move(
            AppraisalState.SCORED, Action.APPRAISAL_SCORE, (*_FIGURES, Condition.REVIEW_COMPLETE)
        ),
        (AppraisalState.OPEN, Step.PUBLISH): Move(
            AppraisalState.PUBLISHED, Action.SCORECARD_PUBLISH, (*_FIGURES, Condition.REVIEW_NOT_ASKED)
        ),
        (AppraisalState.SCORED, Step.APPROVE): Move(
            AppraisalState.APPROVED, Action.APPRAISAL_APPROVE, (Condition.OTHER_PERSON,)
        ),
        (AppraisalState.SCORED, Step.RETURN): Move(AppraisalState.OPEN, Action.APPRAISAL_SCORE),
        (AppraisalState.SCORED, Step.PUBLISH): Move(
            AppraisalState.PUBLISHED, Action.SCORECARD_PUBLISH, (*_FIGURES, Condition.APPROVAL_NOT_ASKED)
        ),
        (AppraisalState.APPROVED, Step.RETURN): Move(AppraisalState.OPEN, Action.APPRAISAL_APPROVE),
        (AppraisalState.APPROVED, Step.PUBLISH): Move(AppraisalState.PUBLISHED, Action.SCORECARD_PUBLISH, _FIGURES),
        (AppraisalState.PUBLISHED, Step.ACKNOWLEDGE): Move(AppraisalState.ACKNOWLEDGED, Action.SCORECARD_ACKNOWLEDGE),
        (AppraisalState.PUBLISHED, Step.APPEAL): Move(
            AppraisalState.APPEALED,
            Action.APPEAL_RAISE,
            (Condition.WITHIN_APPEAL_DAYS, Condition.NO_APPEAL_BEFORE),
        ),
        (AppraisalState.PUBLISHED, Step.REOPEN): Move(
            AppraisalState.OPEN, Action.SCORECARD_CORRECT, (Condition.OTHER_PERSON,)
        ),
        (AppraisalState.PUBLISHED, Step.CLOSE): Move(
            AppraisalState.CLOSED, Action.SCORECARD_CORRECT, (Condition.APPEAL_DAYS_OVER,)
        ),
        (AppraisalState.ACKNOWLEDGED, Step.APPEAL): Move(
            AppraisalState.APPEALED,
            Action.APPEAL_RAISE,
            (Condition.WITHIN_APPEAL_DAYS, Condition.NO_APPEAL_BEFORE),
        ),
        (AppraisalState.ACKNOWLEDGED, Step.REOPEN): Move(
            AppraisalState.OPEN, Action.SCORECARD_CORRECT, (Condition.OTHER_PERSON,)
        ),
        (AppraisalState.ACKNOWLEDGED, Step.CLOSE): Move(
            AppraisalState.CLOSED, Action.SCORECARD_CORRECT, (Condition.APPEAL_DAYS_OVER,)
        ),
        # Receipt of another version, or a late one, changes nothing else
        (AppraisalState.APPEALED, Step.ACKNOWLEDGE): Move(AppraisalState.APPEALED, Action.SCORECARD_ACKNOWLEDGE),
        (AppraisalState.APPEALED, Step.DECIDE): Move(
            AppraisalState.PUBLISHED, Action.APPEAL_DECIDE, (Condition.OTHER_PERSON,)
        ),
        (AppraisalState.CLOSED, Step.ACKNOWLEDGE): Move(AppraisalState.CLOSED, Action.SCORECARD_ACKNOWLEDGE),
        (AppraisalState.CLOSED, Step.REOPEN): Move(
            AppraisalState.OPEN, Action.SCORECARD_CORRECT, (Condition.OTHER_PERSON,)
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
