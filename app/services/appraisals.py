"""How does a person's appraisal for a period move on: published, with everything that it rests on frozen?"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, may, note_question, require
from app.documents.cards import CardRefused
from app.errors import Conflict, Invalid, KinerjaError, NotAllowed, NotFound
from app.models import Appraisal, AppraisalStep, Period, Person, Plan, PublishedScorecard
from app.rules.scorecard import Review, Scorecard, SignOff
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import RELEASED, Action, AppraisalState
from app.rules.workflow import APPRAISAL, Condition, Step, StepRefused, moved
from app.services import audit, branding, snapshots, telling
from app.services.case_facts import correction_of, was_appealed
from app.services.organisation import settings_of
from app.services.review_cases import case_of, review_of
from app.services.scorecard_facts import PeriodFacts, is_over, load_cycle, load_facts, people_on
from app.services.scorecard_parts import scorecard_of_scored
from app.services.standings import ScoredPerson, score_person

LONGEST_COMMENT: Final = 4_000
CODE_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of a verification code: none that is easily taken for another one (0 and O, 1 and I and L, U and V)."""
_CODE_LENGTH: Final = 12
_AT_ONCE: Final = 100
"""People whose facts are read together; more of them only fill the memory."""
_PUBLISHED_BEFORE: Final = frozenset(f"already_{state}" for state in RELEASED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of publishing for one of many people: the scorecard, or why there is none."""

    person_id: int
    scorecard: PublishedScorecard | None
    refusal: KinerjaError | None = None

    @property
    def was_published(self) -> bool:
        """Whether it was published before, by somebody else or by a run that was interrupted."""
        return self.refusal is not None and self.refusal.code in _PUBLISHED_BEFORE


def publish(
    session: Session, actor: Actor, *, person_id: int, period_id: int, comment: str = "", code: str | None = None
) -> PublishedScorecard:
    """Make the result of a person's period final: the scorecard is frozen with everything that it rests on.

    Nobody publishes their own. `code` replaces the random verification code for data that must come out the same.
    """
    require(session, actor, Action.SCORECARD_PUBLISH, person_id)
    comment = _checked(comment)
    facts = facts_for_change(session, actor, _period(session, period_id), [person_id])
    return _publish(session, actor, facts, person_id, comment, code)


def check_may_publish(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse whoever does not publish for this person, before anything else is looked at."""
    require(session, actor, Action.SCORECARD_PUBLISH, person_id)


def publish_many(
    session: Session, actor: Actor, *, period_id: int, person_ids: Sequence[int], comment: str = ""
) -> list[Outcome]:
    """Publish the results of many people for a period, each wholly or not at all, in the order given."""
    note_question(session, Action.SCORECARD_PUBLISH)
    comment = _checked(comment)
    period = _period(session, period_id)
    wanted = list(dict.fromkeys(person_ids))
    refused = _refused(session, actor, wanted)
    done: dict[int, Outcome] = {}
    for people in _in_parts([person_id for person_id in wanted if person_id not in refused]):
        facts = facts_for_change(session, actor, period, people)
        for person_id in people:
            try:
                with session.begin_nested():
                    done[person_id] = Outcome(person_id, _publish(session, actor, facts, person_id, comment, None))
            except KinerjaError as refusal:
                done[person_id] = Outcome(person_id, None, refusal)
    return [done.get(person_id) or Outcome(person_id, None, refused[person_id]) for person_id in wanted]


def conditions_held(scored: ScoredPerson) -> frozenset[Condition]:
    """Which of the conditions for a step hold for this person's period."""
    facts = scored.facts
    held = {
        Condition.PLAN_ACTIVE: True,  # a draft is never in force, and without a plan there is nothing scored
        Condition.PERIOD_OVER: is_over(facts.period, facts.today),
        Condition.NOTHING_MISSING: not scored.blocking,
        Condition.SOMETHING_SCORED: scored.outcome.computed is not None,
        Condition.ADJUSTMENTS_CURRENT: not scored.outcome.stale,
        Condition.REVIEW_NOT_ASKED: not facts.period.asks_review,
        Condition.APPROVAL_NOT_ASKED: not facts.cycle.asks_approval,
    }
    return frozenset(condition for condition, holds in held.items() if holds)


def refusal_of(scored: ScoredPerson, step: Step) -> KinerjaError | None:
    """Why the step cannot be taken with this person's appraisal now; None where it can."""
    appraisal = scored.person.appraisal
    try:
        moved(APPRAISAL, appraisal.state if appraisal else AppraisalState.OPEN, step, conditions_held(scored))
    except StepRefused as refused:
        code = refused.codes[0]
        return Invalid(scored.blocking) if code == Condition.NOTHING_MISSING else Conflict(code)
    return None


def record_step(session: Session, actor: Actor, appraisal: Appraisal, step: Step, reason: str = "") -> None:
    """Keep who took a step with an appraisal, when, and with which words; the audit entry is the caller's."""
    session.add(
        AppraisalStep(appraisal_id=appraisal.id, step=step.value, reason=reason, by_id=actor.person_id, at=clock.now())
    )
    session.flush()


def new_code() -> str:
    """A verification code: nobody can guess one, and everybody can read it out."""
    signs = "".join(secrets.choice(CODE_SIGNS) for _ in range(_CODE_LENGTH))
    return "-".join(signs[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def _checked(comment: str) -> str:
    tidied = tidy_lines(comment)
    faults = text_faults("comment", tidied, limit=LONGEST_COMMENT, required=False)
    if faults:
        raise Invalid(faults)
    return tidied


def _period(session: Session, period_id: int) -> Period:
    period = session.scalar(select(Period).where(Period.id == period_id).options(joinedload(Period.cycle)))
    if period is None:
        raise NotFound
    return period


def _refused(session: Session, actor: Actor, person_ids: Sequence[int]) -> dict[int, KinerjaError]:
    """Those whose results the actor may not publish: known to them, or not even that."""
    chosen = Person.id.in_(person_ids)
    allowed = set(session.scalars(select(Person.id).where(chosen, may(actor, Action.SCORECARD_PUBLISH, Person.id))))
    seen = set(session.scalars(select(Person.id).where(chosen, may(actor, Action.SCORECARD_READ, Person.id))))
    return {
        person_id: NotAllowed() if person_id in seen else NotFound()
        for person_id in person_ids
        if person_id not in allowed
    }


def _in_parts(person_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (person_ids[start : start + _AT_ONCE] for start in range(0, len(person_ids), _AT_ONCE))


def facts_for_change(session: Session, actor: Actor, period: Period, person_ids: Sequence[int]) -> PeriodFacts:
    """The facts as they are now, with the plans locked until the transaction ends: nobody records or revises meanwhile.

    What the session has read before, to show it, may have changed until the plans were locked; it is read anew.
    """
    plans = select(Plan.id).where(Plan.cycle_id == period.cycle_id, Plan.person_id.in_(person_ids))
    session.execute(plans.order_by(Plan.id).with_for_update())
    cycle = load_cycle(session, id=period.cycle_id, fresh=True)
    return load_facts(session, cycle, period, person_ids, actor.today, fresh=True)


def _publish(
    session: Session, actor: Actor, facts: PeriodFacts, person_id: int, comment: str, code: str | None
) -> PublishedScorecard:
    if person_id not in facts.people:
        raise Conflict(Condition.PLAN_ACTIVE)
    scored = score_person(facts, facts.people[person_id])
    refusal = refusal_of(scored, Step.PUBLISH)
    if refusal is not None:
        raise refusal
    published = _freeze(session, actor, scored, comment, code or new_code())
    audit.record(
        session,
        "scorecard.published",
        actor_id=actor.person_id,
        about=("published_scorecard", published.id),
        subject_id=person_id,
        details={
            "cycle": facts.cycle.code,
            "period": facts.period.code,
            "version": published.version_number,
            "total": published.total,
            "grade": published.grade,
            "coverage": published.coverage,
            "digest": published.snapshot_digest,
        },
        words={"comment": comment} if comment else None,
    )
    telling.scorecard_published(session, published, facts.cycle.code, facts.period.code)
    return published


def _freeze(session: Session, actor: Actor, scored: ScoredPerson, comment: str, code: str) -> PublishedScorecard:
    facts, person = scored.facts, scored.person
    now = clock.now()
    appraisal = person.appraisal
    if appraisal is None:
        appraisal = Appraisal(person_id=person.person.id, period_id=facts.period.id, changed_at=now)
        session.add(appraisal)
    appraisal.plan_id = person.plan.id
    appraisal.state = AppraisalState.PUBLISHED
    # Words that came with the scoring stay where publishing brings no others
    comment = appraisal.comment = comment or appraisal.comment or ""
    review = review_of(case_of(session, scored)) if facts.period.asks_review else None
    appraisal.changed_at = now
    snapshot = _snapshot(_final(session, actor, scored, comment, review), scored)
    published = PublishedScorecard(
        appraisal=appraisal,
        version_number=person.versions + 1,
        verification_code=code,
        snapshot=snapshot,
        snapshot_digest=snapshots.digest_of(snapshot),
        total=scored.outcome.total,
        grade=scored.outcome.grade,
        coverage=scored.coverage,
        published_at=now,
        published_by_id=actor.person_id,
        branding_version=branding.number_in_force(session),
    )
    session.add(published)
    session.flush()
    record_step(session, actor, appraisal, Step.PUBLISH)
    return published


def _final(session: Session, actor: Actor, scored: ScoredPerson, comment: str, review: Review | None) -> Scorecard:
    signer = people_on(session, [actor.person_id], actor.today)[actor.person_id]
    card = scorecard_of_scored(scored, settings_of(session), comment, version=scored.person.versions + 1, is_final=True)
    appraisal = scored.person.appraisal
    days = timedelta(days=scored.facts.cycle.appeal_days)
    return replace(
        card,
        review=review,
        published=SignOff(signer.name, signer.position, clock.now()),
        appeal_until=None if appraisal and was_appealed(session, appraisal.id) else actor.today + days,
        revision=correction_of(session, appraisal.id, scored.person.versions) if appraisal else None,
    )


def _snapshot(card: Scorecard, scored: ScoredPerson) -> str:
    """The snapshot, proved at once: what cannot be computed again must never be frozen."""
    snapshot = snapshots.frozen(card, scored)
    try:
        again = snapshots.recomputed(snapshot)
    except CardRefused as refused:
        raise Invalid(refused.faults) from refused
    if again != snapshot:
        raise RuntimeError(f"the scorecard {card.document.number} does not compute to the same again")
    return snapshot
