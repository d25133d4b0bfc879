"""What is there of one person's review: figures, self-assessment, comments, behaviours, steps, and what is missing?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import clock
from app.models import (
    Appraisal,
    AppraisalStep,
    Behaviour,
    BehaviourRating,
    KpiComment,
    SelfAssessment,
)
from app.rules.faults import Fault
from app.rules.scorecard import KpiWords, RatedBehaviour, Review
from app.rules.vocabulary import AppraisalState
from app.rules.workflow import Step
from app.services.behaviours import behaviours_of
from app.services.scorecard_facts import PeriodFacts
from app.services.standings import ScoredPerson, score_person


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """One person's review of a period, complete and for nobody in particular."""

    scored: ScoredPerson
    appraisal: Appraisal | None
    own: SelfAssessment | None
    comments: Mapping[str, str]
    """The appraiser's, by code of the KPI."""
    behaviours: Sequence[Behaviour]
    """Those that count in this period; none where the policy gives them no share."""
    ratings: Mapping[int, BehaviourRating]
    """By id of the behaviour."""
    steps: Sequence[AppraisalStep]

    @property
    def state(self) -> AppraisalState:
        """Where the appraisal stands."""
        return self.appraisal.state if self.appraisal else AppraisalState.OPEN

    @property
    def is_handed_in(self) -> bool:
        """Whether the employee has handed in the self-assessment."""
        return self.own is not None and self.own.handed_in_at is not None

    @property
    def scorer_id(self) -> int | None:
        """Who handed in the scoring that is in force."""
        return next((step.by_id for step in reversed(self.steps) if step.step == Step.SCORE.value), None)

    @property
    def missing(self) -> list[Fault]:
        """What the policy asks of the review and is not there yet."""
        facts = self.scored.facts
        if not facts.period.asks_review:
            return []
        faults = []
        has_left = self.scored.person.person.left_on is not None
        if facts.cycle.asks_self_assessment and not self.is_handed_in and not has_left:
            faults.append(Fault("self_assessment", "self_assessment_missing"))
        if len(self.ratings) < len(self.behaviours):
            count = len(self.behaviours) - len(self.ratings)
            faults.append(Fault("behaviours", "behaviours_missing", {"count": str(count)}))
        if not (self.appraisal and self.appraisal.comment):
            faults.append(Fault("comment", "comment_missing"))
        return faults


def case_of(session: Session, scored: ScoredPerson) -> ReviewCase:
    """Everything about the review of one person; no permission is asked here."""
    facts, appraisal = scored.facts, scored.person.appraisal
    behaviours = behaviours_of(session, facts.cycle.id) if counts_behaviours(facts) else []
    if appraisal is None:
        return ReviewCase(scored, None, None, {}, behaviours, {}, ())
    own = session.scalar(
        select(SelfAssessment)
        .where(SelfAssessment.appraisal_id == appraisal.id)
        .options(selectinload(SelfAssessment.kpis))
    )
    comments = session.scalars(select(KpiComment).where(KpiComment.appraisal_id == appraisal.id))
    ratings = session.scalars(select(BehaviourRating).where(BehaviourRating.appraisal_id == appraisal.id))
    steps = session.scalars(
        select(AppraisalStep)
        .where(AppraisalStep.appraisal_id == appraisal.id)
        .options(joinedload(AppraisalStep.by))
        .order_by(AppraisalStep.id)
    )
    return ReviewCase(
        scored,
        appraisal,
        own,
        {each.kpi_code: each.words for each in comments},
        behaviours,
        {each.behaviour_id: each for each in ratings},
        steps.all(),
    )


def counts_behaviours(facts: PeriodFacts) -> bool:
    """Whether behaviours are rated in this period."""
    return bool(facts.cycle.behaviour_share) and facts.period.asks_review


def appraisal_of(session: Session, scored: ScoredPerson) -> Appraisal:
    """The person's appraisal, begun where there is none; whoever calls holds the lock on the plan."""
    appraisal = scored.person.appraisal
    if appraisal is None:
        appraisal = Appraisal(
            person_id=scored.person.person.id,
            period_id=scored.facts.period.id,
            plan_id=scored.person.plan.id,
            changed_at=clock.now(),
        )
        session.add(appraisal)
        session.flush()
    return appraisal


def rescored(scored: ScoredPerson, case: ReviewCase, appraisal: Appraisal) -> ScoredPerson:
    """The person scored anew with the levels as they are now."""
    levels = [case.ratings[each.id].level for each in case.behaviours if each.id in case.ratings]
    is_complete = len(levels) == len(case.behaviours)
    person = replace(scored.person, appraisal=appraisal, levels=tuple(levels) if is_complete else ())
    return score_person(scored.facts, person)


def review_of(case: ReviewCase) -> Review | None:
    """What a scorecard shows of the review; none where nothing was said."""
    own = case.own if case.is_handed_in else None
    said = {each.kpi_code: each for each in own.kpis} if own else {}
    words = []
    for kpi in case.scored.kpis:
        code = kpi.kpi.code
        mine, comment = said.get(code), case.comments.get(code, "")
        if mine is not None or comment:
            words.append(KpiWords(code, mine.words if mine else "", mine.achievement if mine else None, comment))
    rated = tuple(_rated(each, case.ratings[each.id]) for each in case.behaviours if each.id in case.ratings)
    if own is None and not words and not rated:
        return None
    return Review(own.words if own else "", own.handed_in_at if own else None, tuple(words), rated)


def _rated(behaviour: Behaviour, rating: BehaviourRating) -> RatedBehaviour:
    anchor = next(each for each in behaviour.levels if each.level == rating.level)
    return RatedBehaviour(
        behaviour.name_en, behaviour.name_id, rating.level, anchor.anchor_en, anchor.anchor_id, rating.note
    )


def handed_in(session: Session, appraisal_ids: Collection[int]) -> set[int]:
    """Of which appraisals the self-assessment is handed in."""
    wanted = select(SelfAssessment.appraisal_id).where(
        SelfAssessment.appraisal_id.in_(appraisal_ids), SelfAssessment.handed_in_at.is_not(None)
    )
    return set(session.scalars(wanted))


def rated_behaviours(session: Session, appraisal_ids: Collection[int]) -> dict[int, int]:
    """How many behaviours are rated, by appraisal."""
    wanted = (
        select(BehaviourRating.appraisal_id, func.count())
        .where(BehaviourRating.appraisal_id.in_(appraisal_ids))
        .group_by(BehaviourRating.appraisal_id)
    )
    return {row[0]: row[1] for row in session.execute(wanted)}
