"""How are named colleagues asked about somebody's work, how do they answer, and who reads it?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, allow, may, require
from app.errors import Conflict, Invalid, NotFound
from app.models import Appraisal, FeedbackAnswer, FeedbackRequest, Period, Person
from app.rules.faults import Fault
from app.rules.feedback import may_be_shown
from app.rules.texts import text_faults, tidy, tidy_lines
from app.rules.vocabulary import RELEASED, Action, AppraisalState, FeedbackState
from app.services import audit, telling
from app.services.review_cases import ReviewCase, appraisal_of
from app.services.review_changes import LONGEST_WORDS, case_for_change, check_open
from app.services.where import Where

MOST_COLLEAGUES = 10


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as it is shown; without a name where the policy keeps names back."""

    name: str
    strengths: str
    improvements: str


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """The feedback on one review as this actor may see it."""

    requests: Sequence[FeedbackRequest]
    """Who was asked; for the employee those whom they proposed."""
    answers: Sequence[Said]
    is_held_back: bool
    """Whether there are answers that are not shown, since they are too few to be nameless."""
    may_ask: bool
    may_propose: bool


def feedback_view(session: Session, actor: Actor, case: ReviewCase) -> FeedbackView:
    """The feedback on a review; for whom the review is shown, the caller has asked."""
    person_id = case.scored.person.person.id
    cycle, is_own = case.scored.facts.cycle, person_id == actor.person_id
    is_open = case.scored.facts.period.asks_review and case.state is AppraisalState.OPEN
    rows = _requests_of(session, case.appraisal.id) if case.appraisal else []
    answered = [row for row in rows if row.answer is not None]
    reads = not is_own or (cycle.shows_feedback and case.state in RELEASED)
    is_shown = reads and may_be_shown(len(answered), is_named=cycle.names_feedback)
    may_ask = is_open and allow(session, actor, Action.APPRAISAL_SCORE, person_id).is_allowed
    return FeedbackView(
        requests=[row for row in rows if not is_own or row.asked_by_id == actor.person_id],
        answers=_said(answered, is_named=cycle.names_feedback) if is_shown else [],
        is_held_back=reads and bool(answered) and not is_shown,
        may_ask=may_ask,
        may_propose=is_open and is_own,
    )


def ask(session: Session, actor: Actor, *, where: Where, colleague: str, question: str = "") -> FeedbackRequest:
    """Ask a colleague, by employee number or name."""
    require(session, actor, Action.APPRAISAL_SCORE, where.person_id)
    return _add(session, actor, where, colleague, question, FeedbackState.ASKED)


def propose(session: Session, actor: Actor, *, where: Where, colleague: str) -> FeedbackRequest:
    """Name a colleague whom the manager might ask."""
    require(session, actor, Action.APPRAISAL_SELF_ASSESS, where.person_id)
    return _add(session, actor, where, colleague, "", FeedbackState.PROPOSED)


def ask_proposed(session: Session, actor: Actor, *, where: Where, request_id: int) -> FeedbackRequest:
    """Ask a colleague whom the employee has named."""
    require(session, actor, Action.APPRAISAL_SCORE, where.person_id)
    case = case_for_change(session, actor, where)
    check_open(case)
    rows = _requests_of(session, case.appraisal.id) if case.appraisal else []
    row = next((each for each in rows if each.id == request_id), None)
    if row is None:
        raise NotFound
    if row.state is not FeedbackState.PROPOSED:
        raise Conflict("feedback_asked_already")
    row.state, row.asked_at = FeedbackState.ASKED, clock.now()
    session.flush()
    _record(session, actor, "feedback.asked", row, where.person_id)
    telling.feedback_asked(session, row)
    return row


def list_asked(session: Session, actor: Actor) -> list[FeedbackRequest]:
    """What the actor is or was asked about colleagues, the open questions first."""
    require(session, actor, Action.FEEDBACK_GIVE)
    wanted = _asked(actor).order_by(FeedbackRequest.state != FeedbackState.ASKED, FeedbackRequest.id.desc()).limit(50)
    return list(session.scalars(wanted))


def asked_of(session: Session, actor: Actor, *, request_id: int) -> FeedbackRequest:
    """One question to the actor."""
    require(session, actor, Action.FEEDBACK_GIVE)
    found = session.scalar(_asked(actor).where(FeedbackRequest.id == request_id))
    if found is None:
        raise NotFound
    return found


def subject_of(session: Session, request: FeedbackRequest) -> tuple[str, str]:
    """The name of the person and the period that a question is about: all that a colleague learns."""
    row = session.execute(
        select(Person.name, Period.code)
        .select_from(Appraisal)
        .join(Person, Appraisal.person_id == Person.id)
        .join(Period, Appraisal.period_id == Period.id)
        .where(Appraisal.id == request.appraisal_id)
    ).one()
    return row.name, row.code


def answer(session: Session, actor: Actor, *, request_id: int, strengths: str, improvements: str) -> FeedbackRequest:
    """Answer a question, once."""
    request = _answerable(session, actor, request_id)
    strengths, improvements = tidy_lines(strengths), tidy_lines(improvements)
    faults = text_faults("strengths", strengths, limit=LONGEST_WORDS, required=not improvements)
    faults += text_faults("improvements", improvements, limit=LONGEST_WORDS, required=False)
    if faults:
        raise Invalid(faults)
    request.answer = FeedbackAnswer(strengths=strengths, improvements=improvements, answered_at=clock.now())
    request.state = FeedbackState.ANSWERED
    session.flush()
    _record(session, actor, "feedback.answered", request, _person_of(session, request))
    return request


def decline(session: Session, actor: Actor, *, request_id: int) -> FeedbackRequest:
    """Say that one does not answer."""
    request = _answerable(session, actor, request_id)
    request.state = FeedbackState.DECLINED
    session.flush()
    _record(session, actor, "feedback.declined", request, _person_of(session, request))
    return request


def _answerable(session: Session, actor: Actor, request_id: int) -> FeedbackRequest:
    request = asked_of(session, actor, request_id=request_id)
    if request.state is not FeedbackState.ASKED:
        raise Conflict("feedback_answered_already")
    state = session.scalars(select(Appraisal.state).where(Appraisal.id == request.appraisal_id)).one()
    if state in RELEASED:
        raise Conflict("feedback_too_late")
    return request


def _said(rows: Sequence[FeedbackRequest], *, is_named: bool) -> list[Said]:
    """The answers; without names in an order that tells nothing about who was asked when."""
    said = [
        Said(row.colleague.name if is_named else "", row.answer.strengths, row.answer.improvements)
        for row in rows
        if row.answer
    ]
    return said if is_named else sorted(said, key=lambda each: (each.strengths, each.improvements))


def _requests_of(session: Session, appraisal_id: int) -> list[FeedbackRequest]:
    wanted = (
        select(FeedbackRequest)
        .where(FeedbackRequest.appraisal_id == appraisal_id)
        .options(joinedload(FeedbackRequest.colleague), joinedload(FeedbackRequest.answer))
    )
    return list(session.scalars(wanted.order_by(FeedbackRequest.id)))


def _asked(actor: Actor) -> Select[FeedbackRequest]:
    return (
        select(FeedbackRequest)
        .where(FeedbackRequest.colleague_id == actor.person_id, FeedbackRequest.state != FeedbackState.PROPOSED)
        .options(joinedload(FeedbackRequest.asked_by), joinedload(FeedbackRequest.answer))
    )


def _add(
    session: Session, actor: Actor, where: Where, colleague: str, question: str, state: FeedbackState
) -> FeedbackRequest:
    case = case_for_change(session, actor, where)
    check_open(case)
    question = tidy_lines(question)
    faults = text_faults("question", question, limit=LONGEST_WORDS, required=False)
    person = _named(session, actor, colleague, faults)
    appraisal = appraisal_of(session, case.scored)
    known = _requests_of(session, appraisal.id)
    if person is not None:
        faults += _colleague_faults(actor, where, person, known)
    if faults or person is None:
        raise Invalid(faults)
    row = FeedbackRequest(
        appraisal_id=appraisal.id,
        colleague_id=person.id,
        state=state,
        question=question,
        asked_by_id=actor.person_id,
        asked_at=clock.now(),
    )
    session.add(row)
    session.flush()
    act = "feedback.asked" if state is FeedbackState.ASKED else "feedback.proposed"
    _record(session, actor, act, row, where.person_id)
    if state is FeedbackState.ASKED:
        telling.feedback_asked(session, row)
    return row


def _named(session: Session, actor: Actor, colleague: str, faults: list[Fault]) -> Person | None:
    """Who is meant: by the full name, or by the number for those who may see that person."""
    text = tidy(colleague)
    if found := text_faults("colleague", text, limit=200):
        faults += found
        return None
    seen = may(actor, Action.PERSON_READ, Person.id)
    by_number = session.scalar(select(Person).where(Person.number == text, seen))
    people = [by_number] if by_number else session.scalars(select(Person).where(Person.name == text).limit(2)).all()
    if len(people) != 1:
        faults.append(Fault("colleague", "several_so_named" if people else "nobody_so_named"))
        return None
    return people[0]


def _colleague_faults(actor: Actor, where: Where, person: Person, known: Sequence[FeedbackRequest]) -> list[Fault]:
    if person.id in {where.person_id, actor.person_id}:
        return [Fault("colleague", "own_feedback")]
    if person.left_on is not None and person.left_on < actor.today:
        return [Fault("colleague", "colleague_left")]
    if any(row.colleague_id == person.id for row in known):
        return [Fault("colleague", "colleague_named_already")]
    return (
        [Fault("colleague", "too_many_parts", {"most": str(MOST_COLLEAGUES)})] if len(known) >= MOST_COLLEAGUES else []
    )


def _person_of(session: Session, request: FeedbackRequest) -> int:
    return session.scalars(select(Appraisal.person_id).where(Appraisal.id == request.appraisal_id)).one()


def _record(session: Session, actor: Actor, action: str, request: FeedbackRequest, person_id: int) -> None:
    # Who answered stands in the trail of the colleague alone: the employee's own trail must not tell it
    is_answer = action in {"feedback.answered", "feedback.declined"}
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        about=("feedback_request", request.id),
        subject_id=actor.person_id if is_answer else person_id,
        details={},
    )
