"""The pages on which people have their own data, and on which HR answers, keeps and erases."""

from http import HTTPStatus
from typing import Final

from fastapi import Depends, Request, Response

from app import clock
from app.downloads import ZIP, as_file
from app.i18n import mark
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router, reading, settings_of
from app.rules.vocabulary import Action, DataRequestKind
from app.services import erasure, privacy
from app.web.audit_words import action_text
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect

router = make_router()
_OWN: Final = [Depends(Needs(Action.PRIVACY_OWN))]
_MANAGE: Final = [Depends(Needs(Action.PRIVACY_MANAGE))]
LOOKS_A_PAGE: Final = 50

# --- One's own data ---------------------------------------------------------------------------------------------------


@router.get("/my-data", dependencies=_OWN)
def own_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """What is stored about the reader, who looked at it, and what they have asked."""
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    return _own_page(request, session, actor, Form(request.state.locale), number)


@router.post("/my-data/archive", dependencies=_OWN)
def own_archive(request: Request, actor: CurrentActor, _form: SentForm) -> Response:
    """Everything in one file: data, papers, evidence and who looked."""
    with reading(request) as session:
        privacy.check_own(session, actor)
    archive = privacy.own_archive(request.app.state.sessions, actor)
    return as_file(archive.content, archive.file_name, ZIP)


@router.post("/my-data/requests", dependencies=_OWN)
def ask(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Something that is asked about one's own data."""
    privacy.check_own(session, actor)
    kind, text = form.choice("kind", DataRequestKind), form.text("text", limit=privacy.LONGEST_TEXT, lines=True)
    made = form.attempt(session, lambda: privacy.ask(session, actor, kind=kind, text=text)) if kind else None
    if made is None:
        return _own_page(request, session, actor, form, 1, HTTPStatus.BAD_REQUEST)
    return redirect(request, "/my-data#requests", mark("Your request is on record. HR answers within three days."))


def _own_page(
    request: Request, session: DbSession, actor: CurrentActor, form: Form, number: int, status: int = 200
) -> Response:
    looks = privacy.looks_at(session, actor, offset=(number - 1) * LOOKS_A_PAGE, limit=LOOKS_A_PAGE)
    return page(
        request,
        "privacy/own.html",
        status,
        form=form,
        has_more=len(looks) > LOOKS_A_PAGE,
        looks=[(look, action_text(look.action, request.state.locale)) for look in looks[:LOOKS_A_PAGE]],
        now=clock.now(),
        number=number,
        requests=privacy.own_requests(session, actor),
    )


# --- What HR does -----------------------------------------------------------------------------------------------------


@router.get("/privacy", dependencies=_MANAGE)
def office_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """Requests by the clock, holds, and whose data is due to be erased."""
    privacy.check_manage(session, actor)
    return _office_page(request, session, actor, Form(request.state.locale))


@router.post("/privacy/requests/{data_request_id}", dependencies=_MANAGE)
def answer(
    request: Request, session: DbSession, actor: CurrentActor, data_request_id: RowId, form: SentForm
) -> Response:
    """The answer to a request."""
    privacy.check_manage(session, actor)
    granted = form.one_of("granted", ("yes", "no"))
    text = form.text("answer", limit=privacy.LONGEST_TEXT, lines=True)
    made = form.attempt(
        session,
        lambda: privacy.answer(session, actor, request_id=data_request_id, is_granted=granted == "yes", text=text),
    )
    if made is None:
        return _office_page(request, session, actor, form, HTTPStatus.BAD_REQUEST, about=f"request-{data_request_id}")
    return redirect(request, "/privacy", mark("The answer is on record."))


@router.post("/privacy/holds", dependencies=_MANAGE)
def hold(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Keep somebody's data, with a reason."""
    privacy.check_manage(session, actor)
    person_id = _person(session, actor, form)
    reason, until = form.text("reason", limit=privacy.LONGEST_TEXT, lines=True), form.date("until", required=False)
    made = None
    if person_id is not None:
        made = form.attempt(
            session, lambda: privacy.hold(session, actor, person_id=person_id, reason=reason, until=until)
        )
    if made is None:
        return _office_page(request, session, actor, form, HTTPStatus.BAD_REQUEST, about="hold")
    return redirect(request, "/privacy#holds", mark("This data is kept until the hold ends."))


@router.post("/privacy/holds/{hold_id}/end", dependencies=_MANAGE)
def lift(request: Request, session: DbSession, actor: CurrentActor, hold_id: RowId, _form: SentForm) -> Response:
    """The end of a hold."""
    privacy.lift(session, actor, hold_id=hold_id)
    return redirect(request, "/privacy#holds", mark("The hold has ended."))


@router.post("/privacy/erasures", dependencies=_MANAGE)
def ask_erasure(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Ask that the data of somebody who left be erased."""
    privacy.check_manage(session, actor)
    person_id = _person(session, actor, form)
    reason = form.text("reason", limit=erasure.LONGEST_REASON, lines=True)
    made = None
    if person_id is not None:
        made = form.attempt(session, lambda: erasure.ask_erasure(session, actor, person_id=person_id, reason=reason))
    if made is None:
        return _office_page(request, session, actor, form, HTTPStatus.BAD_REQUEST, about="erasure")
    return redirect(request, "/privacy#erasures", mark("A second person can now erase this data."))


@router.post("/privacy/erasures/{erasure_id}", dependencies=_MANAGE)
def erase(request: Request, session: DbSession, actor: CurrentActor, erasure_id: RowId, _form: SentForm) -> Response:
    """Erase what somebody else asked for."""
    erasure.erase(session, actor, erasure_id=erasure_id)
    return redirect(request, "/privacy#erasures", mark("The data is erased. Totals and grades stay without a name."))


@router.post("/privacy/erasures/{erasure_id}/withdrawal", dependencies=_MANAGE)
def withdraw(request: Request, session: DbSession, actor: CurrentActor, erasure_id: RowId, _form: SentForm) -> Response:
    """Take back what was asked."""
    erasure.withdraw(session, actor, erasure_id=erasure_id)
    return redirect(request, "/privacy#erasures", mark("Nothing is erased."))


def _person(session: DbSession, actor: CurrentActor, form: Form) -> int | None:
    """Whom the words of the field mean."""
    written = form.text("person")
    found = form.attempt(session, lambda: privacy.person_named(session, actor, written)) if form.is_valid else None
    return found.id if found else None


def _office_page(
    request: Request,
    session: DbSession,
    actor: CurrentActor,
    form: Form,
    status: int = 200,
    *,
    about: str = "",
) -> Response:
    return page(
        request,
        "privacy/office.html",
        status,
        actor_id=actor.person_id,
        about=about,
        empty_form=Form(request.state.locale),
        answered=privacy.list_requests(session, actor, is_open=False)[:20],
        asked=erasure.asked(session, actor),
        due=erasure.due(session, actor),
        form=form,
        holds=privacy.holds(session, actor),
        now=clock.now(),
        requests=privacy.list_requests(session, actor, is_open=True),
        retention_years=settings_of(request).retention_years,
    )
