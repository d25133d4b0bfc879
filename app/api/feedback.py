"""How are colleagues proposed, asked and heard about somebody's work, by other programs?"""

from typing import Final

from fastapi import APIRouter, Depends, status

from app.api import review_schemas as wire
from app.api.exchange import ApiRoute
from app.api.operations import WRITES, refusals
from app.api.paging import Part
from app.api.schemas import Page
from app.api.where import ONE, At
from app.models import FeedbackRequest
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action
from app.services import feedback

router = APIRouter(route_class=ApiRoute, tags=["reviews"])
_ON_REVIEW: Final = f"/reviews/{ONE}/feedback"
_SCORE: Final = [Depends(Needs(Action.APPRAISAL_SCORE))]
_GIVE: Final = [Depends(Needs(Action.FEEDBACK_GIVE))]


@router.post(
    _ON_REVIEW,
    operation_id="ask_colleague",
    summary="Ask a colleague",
    status_code=status.HTTP_201_CREATED,
    dependencies=_SCORE,
    responses=refusals(*WRITES),
)
def ask_colleague(
    session: DbSession, actor: CurrentActor, where: At, sent: wire.FeedbackAsked
) -> wire.FeedbackRequested:
    """Put a question about somebody's work to a named colleague. Managers of the person and HR."""
    return requested(feedback.ask(session, actor, where=where, colleague=sent.colleague, question=sent.question))


@router.post(
    f"{_ON_REVIEW}/proposals",
    operation_id="propose_colleague",
    summary="Propose a colleague",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(Needs(Action.APPRAISAL_SELF_ASSESS))],
    responses=refusals(*WRITES),
)
def propose_colleague(
    session: DbSession, actor: CurrentActor, where: At, sent: wire.FeedbackProposed
) -> wire.FeedbackRequested:
    """Name a colleague whom the manager might ask about one's own work. Only the employee."""
    return requested(feedback.propose(session, actor, where=where, colleague=sent.colleague))


@router.post(
    f"{_ON_REVIEW}/{{feedback_id}}/asking",
    operation_id="ask_proposed_colleague",
    summary="Ask a colleague who was proposed",
    dependencies=_SCORE,
    responses=refusals(403, 404, 409),
)
def ask_proposed_colleague(
    session: DbSession, actor: CurrentActor, where: At, feedback_id: RowId
) -> wire.FeedbackRequested:
    """The requests of a review stand with it. Managers of the person and HR."""
    return requested(feedback.ask_proposed(session, actor, where=where, request_id=feedback_id))


@router.get(
    "/feedback-questions",
    operation_id="list_feedback_questions",
    summary="List the questions to you",
    dependencies=_GIVE,
    responses=refusals(),
)
def list_feedback_questions(session: DbSession, actor: CurrentActor, part: Part) -> Page[wire.FeedbackQuestion]:
    """What the token's owner is or was asked about colleagues."""
    every = feedback.list_asked(session, actor)
    return Page(items=[_question(session, each) for each in every[part.cut]], total=len(every))


@router.put(
    "/feedback-questions/{feedback_id}/answer",
    operation_id="answer_feedback",
    summary="Answer a question about a colleague",
    dependencies=_GIVE,
    responses=refusals(*WRITES),
)
def answer_feedback(
    session: DbSession, actor: CurrentActor, feedback_id: RowId, sent: wire.FeedbackAnswered
) -> wire.FeedbackQuestion:
    """Once. Only who was asked."""
    made = feedback.answer(
        session, actor, request_id=feedback_id, strengths=sent.strengths, improvements=sent.improvements
    )
    return _question(session, made)


@router.post(
    "/feedback-questions/{feedback_id}/refusal",
    operation_id="decline_feedback",
    summary="Decline a question about a colleague",
    dependencies=_GIVE,
    responses=refusals(404, 409),
)
def decline_feedback(session: DbSession, actor: CurrentActor, feedback_id: RowId) -> wire.FeedbackQuestion:
    """Nobody has to answer. Only who was asked."""
    return _question(session, feedback.decline(session, actor, request_id=feedback_id))


def requested(row: FeedbackRequest) -> wire.FeedbackRequested:
    """A colleague who was proposed or asked."""
    return wire.FeedbackRequested(id=row.id, colleague=row.colleague.name, state=row.state)


def _question(session: DbSession, asked: FeedbackRequest) -> wire.FeedbackQuestion:
    name, period = feedback.subject_of(session, asked)
    return wire.FeedbackQuestion(
        id=asked.id,
        about=name,
        period=period,
        asked_by=asked.asked_by.name,
        question=asked.question,
        state=asked.state,
    )
