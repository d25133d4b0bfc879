"""The pages on which HR and those above move a case: corrections, KPIs left out, another appraiser; two people each."""

from typing import Final

from fastapi import Depends, Request, Response

from app.i18n import Locale, mark
from app.messages import error_text
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action, CaseKind
from app.services import assignments, case_views, cases
from app.services.assignments import AssignmentValues
from app.services.case_views import ManagedCase
from app.services.cases import Asked
from app.services.released import LONGEST_WORDS
from app.services.where import Where
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect
from app.web.where import ONE, At

router = make_router()
_MANAGE: Final = [Depends(Needs(Action.SCORECARD_CORRECT))]
_CASE: Final = f"/scorecards/{ONE}/case"
PAGE: Final = 50


@router.get(_CASE, dependencies=_MANAGE)
def case_page(request: Request, session: DbSession, actor: CurrentActor, where: At) -> Response:
    """One person's case with everything that can be done about it."""
    case = case_views.managed_case(session, actor, where=where)
    return _show(request, case, Form.showing(request.state.locale))


@router.post(_CASE + "/requests", dependencies=_MANAGE)
def ask(request: Request, session: DbSession, actor: CurrentActor, where: At, form: SentForm) -> Response:
    """Ask for a step that a second person confirms."""
    case = case_views.managed_case(session, actor, where=where)
    kind = form.choice("kind", CaseKind) or CaseKind.CORRECT
    code = "" if kind is CaseKind.CORRECT else form.one_of("kpi_code", [kpi.code for kpi in case.kpis])
    reason = form.text("reason", limit=LONGEST_WORDS, lines=True)
    made = form.attempt(
        session,
        lambda: cases.ask_case(
            session,
            actor,
            where=where,
            asked=Asked(kind, reason, code),
        ),
    )
    if made is None:
        return _show(request, case, form, 400)
    return redirect(request, _address(case), mark("Your request is on record; a second person has to confirm it."))


@router.post(_CASE + "/appraiser", dependencies=[Depends(Needs(Action.APPRAISAL_REASSIGN))])
def assign(request: Request, session: DbSession, actor: CurrentActor, where: At, form: SentForm) -> Response:
    """Let somebody else appraise in the manager's place, or give the case back."""
    assignments.check_may_assign(session, actor, person_id=where.person_id)
    case = case_views.managed_case(session, actor, where=where)
    if form.one_of("wish", ["assign", "end"]) == "end":
        assignments.end_assignment(session, actor, where=where)
        return redirect(request, _address(case), mark("The manager appraises again."))
    who = form.text("who", limit=200)
    ends_on = form.date("ends_on")
    reason = form.text("assignment_reason", limit=LONGEST_WORDS, lines=True)
    made = None
    if form.is_valid and ends_on is not None:
        values = AssignmentValues(who, ends_on, reason)
        made = form.attempt(session, lambda: assignments.assign_appraiser(session, actor, where=where, values=values))
    if made is None:
        return _show(request, case, form, 400)
    return redirect(request, _address(case), mark("Another appraiser is named for this period."))


@router.get("/cases", dependencies=_MANAGE)
def list_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """The requests that wait for a second person, and what became of the others."""
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    listing = cases.list_requests(session, actor, offset=(number - 1) * PAGE, limit=PAGE)
    return page(request, "cases/list.html", last=max(1, -(-listing.total // PAGE)), number=number, rows=listing.items)


@router.post("/cases/{request_id}/decision", dependencies=_MANAGE)
def decide(request: Request, session: DbSession, actor: CurrentActor, request_id: RowId, form: SentForm) -> Response:
    """Confirm or decline what somebody else asked for."""
    asked = cases.get_request(session, actor, request_id=request_id)
    appraisal = asked.appraisal
    period = appraisal.period
    where = Where(appraisal.person_id, period.cycle.code, period.code)
    version = form.whole("version", minimum=1)
    is_accepted = form.one_of("wish", ["confirm", "decline"]) == "confirm"
    answer = form.text("answer", required=not is_accepted, limit=LONGEST_WORDS, lines=True)
    made = None
    if form.is_valid and version is not None:
        made = form.attempt(
            session,
            lambda: cases.decide_case(
                session, actor, request_id=request_id, version=version, is_accepted=is_accepted, answer=answer
            ),
        )
    case = case_views.managed_case(session, actor, where=where)
    if made is None:
        return _show(request, case, form, 400)
    text = mark("The request is confirmed and done.") if is_accepted else mark("The request is declined.")
    return redirect(request, _address(case), text)


def _address(case: ManagedCase) -> str:
    return f"/scorecards/{case.person_id}/{case.cycle.code}/{case.period.code}/case"


def _show(request: Request, case: ManagedCase, form: Form, status: int = 200) -> Response:
    locale: Locale = request.state.locale
    refusal = case.refusal_to_correct
    return page(
        request,
        "cases/case.html",
        status,
        address=_address(case),
        case=case,
        form=form,
        refusal_text=error_text(refusal, locale) if refusal else "",
    )
