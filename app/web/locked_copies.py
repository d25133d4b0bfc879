"""The form beside a published scorecard's PDF that hands out a copy with a password."""

from http import HTTPStatus

from fastapi import Depends, Request, Response

from app.downloads import PDF, as_file
from app.routing import CurrentActor, DbSession, Needs, make_router, reading
from app.rules.pdf_password import faults_of
from app.rules.vocabulary import Action, Language
from app.services import locked_copies, scorecards
from app.web import following
from app.web.forms import Form, SentForm
from app.web.scorecards import show_card
from app.web.where import ONE, At

router = make_router()


@router.post(f"/scorecards/{ONE}/locked-pdf", dependencies=[Depends(Needs(Action.SCORECARD_LOCK))])
def download(request: Request, actor: CurrentActor, where: At, form: SentForm) -> Response:
    """The copy, or the scorecard with the form as it was filled in, but for the password."""
    sessions, locale = request.app.state.sessions, request.state.locale
    with reading(request) as session:
        published_id = locked_copies.find(session, actor, where)
        language = form.choice("lang", Language, required=False) or locale.language
        password = form.password("password")
        if form.is_valid:
            form.faults += faults_of(password)
        again = None if form.is_valid else _again(request, session, actor, where, form)
    if again is not None:
        response, period_id = again
        scorecards.note_view(sessions, actor, person_id=where.person_id, period_id=period_id)
        return response
    pdf = locked_copies.issue(sessions, actor, published_id, language, password)
    return as_file(pdf.content, pdf.file_name, PDF)


def _again(request: Request, session: DbSession, actor: CurrentActor, where: At, form: Form) -> tuple[Response, int]:
    locale = request.state.locale
    found = scorecards.published_card(session, actor, where=where)
    said = following.said_of(session, actor, found)
    empty = Form.showing(locale)
    response = show_card(request, found, Form(locale), empty, HTTPStatus.BAD_REQUEST, said=said, locking=form)
    return response, found.period.id
