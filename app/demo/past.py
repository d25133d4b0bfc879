"""What came before a published scorecard and what came after: the review, its steps, the receipt, the closing?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.demo.bulk import Sheets
from app.demo.chain import Notes
from app.demo.content import words
from app.models import (
    Acknowledgement,
    Appraisal,
    AppraisalStep,
    Behaviour,
    BehaviourRating,
    Cycle,
    SelfAssessment,
)
from app.rules.vocabulary import AppraisalState
from app.rules.workflow import Step
from app.services.review_cases import ReviewCase
from app.services.standings import ScoredPerson

_LEVELS, _SHARES = (3, 4, 5), (2, 6, 3)
_RECEIVED, _COMMENTED = 0.65, 0.25
_ASSESSED, _SCORED, _APPROVED = timedelta(days=7), timedelta(days=5), timedelta(days=2)
"""So long before the publication."""


@dataclass(frozen=True, slots=True)
class Lore:
    """What is known about everybody's results."""

    behaviours: Sequence[Behaviour]
    now: datetime
    waiting: frozenset[int]
    """Who has not confirmed the receipt of the latest scorecard: what becomes of these is told by themselves."""


@dataclass(frozen=True, slots=True)
class Out:
    """A result that is published."""

    scored: ScoredPerson
    by_id: int
    approver_id: int | None
    comment: str
    review: ReviewCase | None
    at: datetime


class Past:
    """Writes the steps of appraisals; the arguments of acts are those of the product's services."""

    def __init__(self, sheets: Sheets, notes: Notes, cycle: Cycle, lore: Lore) -> None:
        self._sheets = sheets
        self._notes = notes
        self._cycle = cycle
        self._lore = lore

    def levels(self, chance: Random) -> tuple[int, ...]:
        """How somebody's behaviours are rated, in their order."""
        return tuple(chance.choices(_LEVELS, _SHARES, k=len(self._lore.behaviours)))

    def reviewed(self, scored: ScoredPerson, chance: Random, at: datetime) -> ReviewCase:
        """The review as it is frozen with the result: the employee's own view, and the levels that were seen."""
        own = None
        if scored.person.person.left_on is None:
            own = SelfAssessment(words=chance.choice(words()["own_views"]), handed_in_at=at - _ASSESSED, kpis=[])
        notes = words()["level_notes"]
        ratings = {
            behaviour.id: BehaviourRating(
                behaviour_id=behaviour.id,
                level=level,
                note=notes[chance.randrange(len(notes))] if level == 5 else "",  # noqa: PLR2004 - the best
            )
            for behaviour, level in zip(self._lore.behaviours, scored.person.levels, strict=True)
        }
        return ReviewCase(scored, Appraisal(), own, {}, self._lore.behaviours, ratings, ())

    def before(self, out: Out, appraisal_id: int) -> None:
        """The review's rows and the steps up to the publication."""
        if out.review is not None:
            self._review(out, out.review, appraisal_id)
        self._step(appraisal_id, Step.PUBLISH, out.by_id, out.at)

    def after(self, out: Out, appraisal_id: int, published_id: int, chance: Random) -> tuple[AppraisalState, int]:
        """Receipt and closing; the appraisal's state and version at the end of the story."""
        lore, person, period = self._lore, out.scored.person.person, out.scored.facts.period
        facts = {"cycle": self._cycle.code, "period": period.code}
        state, version = AppraisalState.PUBLISHED, 1 + (3 if out.review else 0)
        closed_at = out.at.replace(hour=17, minute=10) + timedelta(days=self._cycle.appeal_days)
        is_closed = closed_at < lore.now
        at = out.at + timedelta(hours=1 + chance.randrange(20), minutes=chance.randrange(60))
        is_there = person.left_on is None or person.left_on >= at.date()
        if is_there and (is_closed or person.id not in lore.waiting) and chance.random() < _RECEIVED:
            comment = chance.choice(words()["receipts"]) if chance.random() < _COMMENTED else ""
            self._sheets.put(
                Acknowledgement,
                id=self._sheets.ids.next(Acknowledgement),
                scorecard_id=published_id,
                at=at,
                name=person.name,
                comment=comment,
            )
            said = {"comment": self._notes.words(comment)} if comment else {}
            details = {**facts, "version": 1, **said}
            self._act(at, "scorecard.acknowledged", person.id, ("published_scorecard", published_id), out, details)
            state, version = AppraisalState.ACKNOWLEDGED, version + 1
        if is_closed:
            self._act(closed_at, "appraisal.closed", None, ("appraisal", appraisal_id), out, facts)
            state, version = AppraisalState.CLOSED, version + 1
        return state, version

    def _review(self, out: Out, review: ReviewCase, appraisal_id: int) -> None:
        about, person = ("appraisal", appraisal_id), out.scored.person
        facts = {"cycle": self._cycle.code, "period": out.scored.facts.period.code}
        if review.own is not None:
            at = out.at - _ASSESSED
            key = self._sheets.ids.next(SelfAssessment)
            self._sheets.put(
                SelfAssessment,
                id=key,
                appraisal_id=appraisal_id,
                words=review.own.words,
                handed_in_at=at,
                version=1,
                changed_at=at,
            )
            self._act(at, "self_assessment.handed_in", person.person.id, about, out, {**facts, "kpis": 0})
        for rating in review.ratings.values():
            self._sheets.put(
                BehaviourRating,
                id=self._sheets.ids.next(BehaviourRating),
                appraisal_id=appraisal_id,
                behaviour_id=rating.behaviour_id,
                level=rating.level,
                note=rating.note,
            )
        made = out.scored.outcome
        figures = {**facts, "computed_total": made.computed, "total": made.total, "grade": made.grade}
        scorer, approver = person.person.manager_id, out.approver_id
        for step, who, long, action in (
            (Step.SCORE, scorer, _SCORED, "appraisal.scored"),
            (Step.APPROVE, approver, _APPROVED, "appraisal.approved"),
        ):
            self._step(appraisal_id, step, who, out.at - long)
            self._act(out.at - long, action, who, about, out, figures)

    def _step(self, appraisal_id: int, step: Step, by_id: int | None, at: datetime) -> None:
        self._sheets.put(
            AppraisalStep,
            id=self._sheets.ids.next(AppraisalStep),
            appraisal_id=appraisal_id,
            step=step.value,
            by_id=by_id,
            at=at,
        )

    def _act(
        self, at: datetime, action: str, actor_id: int | None, about: tuple[str, int], out: Out, details: dict[str, Any]
    ) -> None:
        person_id = out.scored.person.person.id
        self._notes.act(at, action, actor_id=actor_id, about=about, subject_id=person_id, details=details)
