"""How is a period reviewed: the employee's self-assessment, the manager's scoring, a second person's approval?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.access import Actor, allow, require
from app.errors import Conflict, Invalid, KinerjaError, NotFound
from app.models import Appraisal, BehaviourRating, KpiComment
from app.rules.faults import Fault
from app.rules.outcome import LEVELS
from app.rules.scorecard import Scorecard
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import Action, AdjustmentKind, AppraisalState
from app.rules.workflow import APPRAISAL, Condition, Step, StepRefused, moved
from app.services import telling
from app.services.adjustments import add_adjustment
from app.services.appraisals import conditions_held, record_step
from app.services.cycles import period_of
from app.services.organisation import settings_of
from app.services.review_cases import ReviewCase, appraisal_of, case_of, rescored
from app.services.review_changes import (
    LONGEST_WORDS,
    case_for_change,
    check_open,
    number_faults,
    record_review,
    touch,
)
from app.services.scorecard_facts import as_told, load_cycle, load_facts
from app.services.scorecard_parts import scorecard_of_scored
from app.services.standings import score_person
from app.services.where import Where


@dataclass(frozen=True, slots=True)
class LevelSeen:
    """The level of a behaviour that the appraiser saw; none while undecided."""

    level: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scoring:
    """A scoring as it is sent; without a total the computed one stands alone."""

    comment: str = ""
    comments: Mapping[str, str] = field(default_factory=dict)
    """By code of the KPI."""
    levels: Mapping[int, LevelSeen] = field(default_factory=dict)
    """By id of the behaviour."""
    total: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review as this actor may see it, with the steps that they may take."""

    case: ReviewCase
    card: Scorecard
    """To date, as this actor may see it."""
    is_own: bool
    sees_own_view: bool
    """Whether the self-assessment is shown: to its author always, to others once it is handed in."""
    sees_scoring: bool
    """Whether the appraiser's part is shown: to the employee only on the published scorecard."""
    steps: frozenset[Step]
    """What the actor may do now."""
    refusals: Mapping[Step, KinerjaError]
    """What keeps the actor from a step that is theirs."""
    may_write: bool
    may_assess: bool


# --- Looking ----------------------------------------------------------------------------------------------------------


def review_view(session: Session, actor: Actor, *, where: Where) -> ReviewView:
    """One person's review, with what the actor may do."""
    require(session, actor, Action.SCORECARD_READ, where.person_id)
    cycle = load_cycle(session, code=where.cycle_code)
    facts = load_facts(session, cycle, period_of(cycle, where.period_code), [where.person_id], actor.today)
    if where.person_id not in facts.people:
        raise NotFound("no_plan_in_force")
    case = case_of(session, score_person(facts, as_told(facts.people[where.person_id], actor.person_id)))
    return _view(session, actor, case)


def check_may_score(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse whoever does not score this person."""
    require(session, actor, Action.APPRAISAL_SCORE, person_id)


def _view(session: Session, actor: Actor, case: ReviewCase) -> ReviewView:
    person_id = case.scored.person.person.id
    is_own = person_id == actor.person_id
    allowed: set[Step] = set()
    refusals: dict[Step, KinerjaError] = {}
    asks = case.scored.facts.period.asks_review
    for (state, step), move in APPRAISAL.items():
        if state is not case.state or step not in _STEPS or not asks:
            continue
        if not allow(session, actor, move.needs, person_id).is_allowed:
            continue
        refusal = _refusal(actor, case, step)
        if refusal is None:
            allowed.add(step)
        else:
            refusals[step] = refusal
    if Step.APPROVE in allowed and not case.scored.facts.cycle.asks_approval:
        allowed.discard(Step.APPROVE)
    is_open = asks and case.state is AppraisalState.OPEN
    return ReviewView(
        case=case,
        card=scorecard_of_scored(case.scored, settings_of(session), ""),
        is_own=is_own,
        sees_own_view=is_own or case.is_handed_in,
        sees_scoring=not is_own,
        steps=frozenset(allowed),
        refusals=refusals,
        may_write=is_open and allow(session, actor, Action.APPRAISAL_SCORE, person_id).is_allowed,
        may_assess=is_open and is_own,
    )


_STEPS: Final = frozenset({Step.SCORE, Step.APPROVE, Step.RETURN})


def _refusal(actor: Actor, case: ReviewCase, step: Step) -> KinerjaError | None:
    held = set(conditions_held(case.scored))
    missing = [fault for fault in case.missing if not (actor.is_hr and fault.at == "self_assessment")]
    if not missing:
        held.add(Condition.REVIEW_COMPLETE)
    if case.scorer_id != actor.person_id:
        held.add(Condition.OTHER_PERSON)
    try:
        moved(APPRAISAL, case.state, step, frozenset(held))
    except StepRefused as refused:
        if Condition.PERIOD_OVER in refused.codes:
            return Conflict(Condition.PERIOD_OVER)
        faults = case.scored.blocking + (missing if step is Step.SCORE else [])
        return Invalid(faults) if faults else Conflict(refused.codes[0])
    return None


# --- Scoring ----------------------------------------------------------------------------------------------------------


def save_scoring(
    session: Session,
    actor: Actor,
    *,
    where: Where,
    version: int | None,
    values: Scoring,
    hand_in: bool = False,
) -> Appraisal:
    """Keep the appraiser's part, whole or in part; handed in, the figures of the period are locked with it."""
    require(session, actor, Action.APPRAISAL_SCORE, where.person_id)
    case = case_for_change(session, actor, where)
    check_open(case)
    if (case.appraisal.version if case.appraisal else None) != version:
        raise Conflict("stale")
    _check_scoring(case, values)
    appraisal = appraisal_of(session, case.scored)
    appraisal.comment = tidy_lines(values.comment)
    _write_comments(session, appraisal, values.comments)
    _write_levels(session, case, appraisal, values.levels)
    session.flush()
    case = case_of(session, rescored(case.scored, case_of(session, _with(case, appraisal)), appraisal))
    _write_adjustment(session, actor, case, appraisal, values)
    touch(session, appraisal)
    record_review(
        session, actor, case, "appraisal.saved", appraisal.id, {"computed_total": case.scored.outcome.computed}
    )
    if hand_in:
        fresh = case_for_change(session, actor, where)
        _step(session, actor, fresh, Step.SCORE)
    return appraisal


def _with(case: ReviewCase, appraisal: Appraisal) -> Any:
    """The standing with the appraisal that may just have been begun."""
    return rescored(case.scored, case, appraisal)


def _check_scoring(case: ReviewCase, values: Scoring) -> None:
    codes = {each.kpi.code for each in case.scored.kpis}
    known = {each.id for each in case.behaviours}
    faults = text_faults("comment", tidy_lines(values.comment), limit=LONGEST_WORDS, required=False)
    for code, words in values.comments.items():
        if code not in codes:
            faults.append(Fault(f"comments[{code}]", "kpi_not_of_plan"))
        faults += text_faults(f"comments[{code}]", tidy_lines(words), limit=LONGEST_WORDS, required=False)
    for behaviour_id, seen in values.levels.items():
        at = f"levels[{behaviour_id}]"
        if behaviour_id not in known:
            faults.append(Fault(at, "behaviour_unknown"))
        elif seen.level is not None and not 1 <= seen.level <= LEVELS:
            faults.append(Fault(f"{at}.level", "choice_unknown"))
        elif seen.level is None and tidy_lines(seen.note):
            faults.append(Fault(f"{at}.level", "required"))  # a note is kept with its level, and never lost
        faults += text_faults(f"{at}.note", tidy_lines(seen.note), limit=LONGEST_WORDS, required=False)
    if faults:
        raise Invalid(faults)


def _write_comments(session: Session, appraisal: Appraisal, comments: Mapping[str, str]) -> None:
    session.execute(delete(KpiComment).where(KpiComment.appraisal_id == appraisal.id))
    said = {code: tidy_lines(words) for code, words in comments.items()}
    session.add_all(
        KpiComment(appraisal_id=appraisal.id, kpi_code=code, words=said[code]) for code in said if said[code]
    )


def _write_levels(session: Session, case: ReviewCase, appraisal: Appraisal, levels: Mapping[int, LevelSeen]) -> None:
    for behaviour in case.behaviours:
        seen, row = levels.get(behaviour.id, LevelSeen()), case.ratings.get(behaviour.id)
        if seen.level is None:
            if row is not None:
                session.delete(row)
        elif row is None:
            note = tidy_lines(seen.note)
            session.add(
                BehaviourRating(appraisal_id=appraisal.id, behaviour_id=behaviour.id, level=seen.level, note=note)
            )
        else:
            row.level, row.note = seen.level, tidy_lines(seen.note)


def _write_adjustment(session: Session, actor: Actor, case: ReviewCase, appraisal: Appraisal, values: Scoring) -> None:
    made, computed = case.scored.outcome, case.scored.outcome.computed
    present = next((each for each in made.adjustments if each.kind is AdjustmentKind.MANAGER), None)
    reason, total = tidy_lines(values.reason), values.total
    if computed is None or total is None or total == computed:
        if total is not None and computed is None:
            raise Invalid([Fault("total", "nothing_scored")])
        if present is None and total is None and reason:
            raise Invalid([Fault("total", "required")])
        if present is not None:
            add_adjustment(
                session, actor, appraisal, AdjustmentKind.MANAGER,
                total=None, computed_total=computed or present.computed_total, reason=reason,
            )  # fmt: skip
        return
    if present and (present.total, present.computed_total, present.reason) == (total, computed, reason):
        return
    cycle = case.scored.facts.cycle
    faults = text_faults("reason", reason, limit=LONGEST_WORDS)
    lowest = max(cycle.score_floor, computed - cycle.max_adjustment)
    highest = min(max(cycle.score_cap, computed), computed + cycle.max_adjustment)
    faults += number_faults("total", total, lowest, highest)
    if faults:
        raise Invalid(faults)
    add_adjustment(
        session, actor, appraisal, AdjustmentKind.MANAGER, total=total, computed_total=computed, reason=reason
    )


# --- Steps ------------------------------------------------------------------------------------------------------------


def approve(session: Session, actor: Actor, *, where: Where) -> Appraisal:
    """Approve what another person has scored."""
    require(session, actor, Action.APPRAISAL_APPROVE, where.person_id)
    case = case_for_change(session, actor, where)
    return _step(session, actor, case, Step.APPROVE)


def hand_back(session: Session, actor: Actor, *, where: Where, reason: str) -> Appraisal:
    """Open a scoring again, with the reason; its figures may then be changed."""
    require(session, actor, Action.APPRAISAL_SCORE, where.person_id)
    reason = tidy_lines(reason)
    faults = text_faults("reason", reason, limit=LONGEST_WORDS)
    if faults:
        raise Invalid(faults)
    case = case_for_change(session, actor, where)
    if case.state is AppraisalState.APPROVED:
        require(session, actor, Action.APPRAISAL_APPROVE, where.person_id)
    return _step(session, actor, case, Step.RETURN, reason)


_ACTS: Final = {
    Step.SCORE: "appraisal.scored",
    Step.APPROVE: "appraisal.approved",
    Step.RETURN: "appraisal.returned",
}


def _step(session: Session, actor: Actor, case: ReviewCase, step: Step, reason: str = "") -> Appraisal:
    refusal = _refusal(actor, case, step)
    if refusal is not None:
        raise refusal
    if case.appraisal is None:
        raise NotFound
    appraisal = case.appraisal
    appraisal.state = APPRAISAL[case.state, step].to
    appraisal.plan_id = case.scored.person.plan.id
    touch(session, appraisal)
    record_step(session, actor, appraisal, step, reason)
    made = case.scored.outcome
    details = {"computed_total": made.computed, "total": made.total, "grade": made.grade}
    record_review(session, actor, case, _ACTS[step], appraisal.id, details, {"reason": reason} if reason else None)
    asks_approval = case.scored.facts.cycle.asks_approval
    telling.appraisal_moved(session, actor, appraisal, step, scorer_id=case.scorer_id, asks_approval=asks_approval)
    return appraisal
