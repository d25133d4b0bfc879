"""Do plans and appraisals move only where their tables let them?"""

from itertools import chain, combinations

import pytest

from app.rules.vocabulary import Action, AppraisalState, PlanState
from app.rules.workflow import APPRAISAL, PLAN, Condition, Step, StepRefused, moved, steps_open

EVERYTHING = frozenset(Condition)


def test_an_open_appraisal_is_published_and_stays_so() -> None:
    assert moved(APPRAISAL, AppraisalState.OPEN, Step.PUBLISH, EVERYTHING) is AppraisalState.PUBLISHED
    with pytest.raises(StepRefused) as refused:
        moved(APPRAISAL, AppraisalState.PUBLISHED, Step.PUBLISH, EVERYTHING)
    assert refused.value.codes == ("already_published",)


def test_a_refusal_names_every_condition_that_does_not_hold() -> None:
    conditions = APPRAISAL[AppraisalState.OPEN, Step.PUBLISH].conditions
    subsets = chain.from_iterable(combinations(conditions, size) for size in range(len(conditions)))
    seen = 0
    for holding in subsets:
        with pytest.raises(StepRefused) as refused:
            moved(APPRAISAL, AppraisalState.OPEN, Step.PUBLISH, frozenset(holding))
        assert refused.value.codes == tuple(c.value for c in conditions if c not in holding)
        seen += 1
    assert seen == 63


@pytest.mark.parametrize(
    ("state", "step", "after"),
    [
        (PlanState.DRAFT, Step.SUBMIT, PlanState.ACTIVE),
        (PlanState.ACTIVE, Step.REPLACE, PlanState.REPLACED),
    ],
)
def test_a_plan_moves_forward(state: PlanState, step: Step, after: PlanState) -> None:
    assert moved(PLAN, state, step, EVERYTHING) is after


def test_every_other_pair_of_state_and_step_is_refused() -> None:
    allowed = set(PLAN)
    for state in PlanState:
        for step in Step:
            if (state, step) not in allowed:
                with pytest.raises(StepRefused):
                    moved(PLAN, state, step, EVERYTHING)


def test_open_steps_are_those_of_the_state() -> None:
    assert steps_open(APPRAISAL, AppraisalState.OPEN) == (Step.SCORE, Step.PUBLISH)
    assert steps_open(APPRAISAL, AppraisalState.SCORED) == (Step.APPROVE, Step.RETURN, Step.PUBLISH)
    assert steps_open(APPRAISAL, AppraisalState.CLOSED) == (Step.ACKNOWLEDGE, Step.REOPEN)


def test_every_step_needs_a_permission_that_changes_something() -> None:
    needs = [move.needs for move in PLAN.values()] + [move.needs for move in APPRAISAL.values()]
    assert {action for action in needs if action.is_read} == set()
    assert set(needs) >= {Action.PLAN_ACCEPT, Action.PLAN_WRITE, Action.SCORECARD_PUBLISH, Action.APPEAL_DECIDE}
