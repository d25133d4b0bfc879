"""The pages on which colleagues are asked about somebody's work, and answer."""

from http import HTTPStatus
from typing import Final

from fastapi import Depends, Request, Response

from app.i18n import mark
from app.models import FeedbackRequest
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action
from app.services import feedback, reviews, self_assessments
from app.services.review_changes import LONGEST_WORDS
from app.web.forms import Form, SentForm
from app.web.render import page, redirect
from app.web.reviews import show_review
from app.web.where import ONE, At, review_path

router = make_router()
_GIVE: Final = [Depends(Needs(Action.FEEDBACK_GIVE))]
_SCORE: Final = [Depends(Needs(Action.APPRAISAL_SCORE))]
_ASSESS: Final = [Depends(Needs(Action.APPRAISAL_SELF_ASSESS))]


@router.get("/feedback", dependencies=_GIVE)
def list_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """What the reader is or was asked about colleagues."""
    rows = [(each, *feedback.subject_of(session, each)) for each in feedback.list_asked(session, actor)]
    return page(request, "feedback/list.html", rows=rows)


@router.get("/feedback/{feedback_id}", dependencies=_GIVE)
def answer_page(request: Request, session: DbSession, actor: CurrentActor, feedback_id: RowId) -> Response:
    """One question, to be answered or as it was answered."""
    asked = feedback.asked_of(session, actor, request_id=feedback_id)
    return _answer_page(request, session, asked, Form(request.state.locale))


@router.post("/feedback/{feedback_id}", dependencies=_GIVE)
def answer(request: Request, session: DbSession, actor: CurrentActor, feedback_id: RowId, form: SentForm) -> Response:
    """The answer kept, or the form again."""
    asked = feedback.asked_of(session, actor, request_id=feedback_id)
    strengths = form.text("strengths", required=False, limit=LONGEST_WORDS, lines=True)
    improvements = form.text("improvements", required=False, limit=LONGEST_WORDS, lines=True)
    made = form.attempt(
        session,
        lambda: feedback.answer(session, actor, request_id=feedback_id, strengths=strengths, improvements=improvements),
    )
    if made is None:
        return _answer_page(request, session, asked, form)
    return redirect(request, "/feedback", mark("Thank you. Your answer is kept."))


@router.post("/feedback/{feedback_id}/refusal", dependencies=_GIVE)
def decline(request: Request, session: DbSession, actor: CurrentActor, feedback_id: RowId, _form: SentForm) -> Response:
    """The question declined."""
    feedback.decline(session, actor, request_id=feedback_id)
    return redirect(request, "/feedback", mark("You will not answer this question."))


def _answer_page(request: Request, session: DbSession, asked: FeedbackRequest, form: Form) -> Response:
    status = HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST
    name, period_code = feedback.subject_of(session, asked)
    return page(request, "feedback/answer.html", status, asked=asked, form=form, name=name, period_code=period_code)


# --- Asking, on the page of a review ----------------------------------------------------------------------------------


@router.post(f"/reviews/{ONE}/feedback", dependencies=_SCORE)
def ask(request: Request, session: DbSession, actor: CurrentActor, where: At, form: SentForm) -> Response:
    """A colleague asked, or the page with what is wrong."""
    reviews.check_may_score(session, actor, person_id=where.person_id)
    colleague = form.text("colleague")
    question = form.text("question", required=False, limit=LONGEST_WORDS, lines=True)
    made = form.attempt(
        session, lambda: feedback.ask(session, actor, where=where, colleague=colleague, question=question)
    )
    if made is None:
        return show_review(request, session, actor, where, form)
    return redirect(request, f"{review_path(where)}#feedback", mark("The question is asked."))


@router.post(f"/reviews/{ONE}/feedback/proposals", dependencies=_ASSESS)
def propose(request: Request, session: DbSession, actor: CurrentActor, where: At, form: SentForm) -> Response:
    """A colleague named by the employee, or the page with what is wrong."""
    self_assessments.check_may_assess(session, actor, person_id=where.person_id)
    colleague = form.text("colleague")
    if form.attempt(session, lambda: feedback.propose(session, actor, where=where, colleague=colleague)) is None:
        return show_review(request, session, actor, where, form)
    return redirect(request, f"{review_path(where)}#feedback", mark("Your manager sees whom you propose."))


@router.post(f"/reviews/{ONE}/feedback/{{feedback_id}}", dependencies=_SCORE)
def ask_proposed(
    request: Request, session: DbSession, actor: CurrentActor, where: At, feedback_id: RowId, _form: SentForm
) -> Response:
    """A colleague asked whom the employee has named."""
    reviews.check_may_score(session, actor, person_id=where.person_id)
    feedback.ask_proposed(session, actor, where=where, request_id=feedback_id)
    return redirect(request, f"{review_path(where)}#feedback", mark("The question is asked."))
