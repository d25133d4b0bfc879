"""The pages on which employees object to a scorecard, and on which the second-level manager decides about it."""

from typing import Final

from fastapi import Depends, Request, Response

from app.i18n import Locale, mark
from app.messages import error_text
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action, AppealOutcome
from app.scorecard_view import ScorecardView
from app.services import appeals, scorecards
from app.services.appeals import AppealCase, Decision
from app.services.released import LONGEST_WORDS
from app.services.scorecards import PeriodCard
from app.services.where import Where
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect
from app.web.where import ONE, At

router = make_router()
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]
_RAISE: Final = [Depends(Needs(Action.APPEAL_RAISE))]
_ADDRESS: Final = f"/scorecards/{ONE}/appeal"
PAGE: Final = 50


@router.get(_ADDRESS, dependencies=_RAISE)
def raise_page(request: Request, session: DbSession, actor: CurrentActor, where: At) -> Response:
    """The form by which somebody objects to their own scorecard."""
    found = _own_card(session, actor, where)
    return _raise_form(request, found, Form(request.state.locale))


@router.post(_ADDRESS, dependencies=_RAISE)
def raise_appeal(request: Request, session: DbSession, actor: CurrentActor, where: At, form: SentForm) -> Response:
    """Object to one's own scorecard, with reasons."""
    found = _own_card(session, actor, where)
    reason = form.text("reason", limit=LONGEST_WORDS, lines=True)
    points = {
        kpi.code: form.text(f"points.{kpi.code}", required=False, limit=LONGEST_WORDS, lines=True)
        for kpi in found.card.kpis
    }
    made = form.attempt(
        session,
        lambda: appeals.raise_appeal(
            session,
            actor,
            where=where,
            reason=reason,
            points={code: words for code, words in points.items() if words},
        ),
    )
    if made is None:
        return _raise_form(request, found, form, 400)
    return redirect(request, f"/appeals/{made.id}", mark("Your objection is on its way to the second-level manager."))


@router.get("/appeals", dependencies=_READ)
def list_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """The objections about which the reader may know."""
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    listing = appeals.list_appeals(session, actor, offset=(number - 1) * PAGE, limit=PAGE)
    return page(
        request,
        "cases/appeals.html",
        last=max(1, -(-listing.total // PAGE)),
        number=number,
        rows=listing.items,
    )


@router.get("/appeals/{appeal_id}", dependencies=_READ)
def appeal_page(request: Request, session: DbSession, actor: CurrentActor, appeal_id: RowId) -> Response:
    """One objection with what was decided, or the form to decide about it."""
    case = appeals.get_appeal(session, actor, appeal_id=appeal_id)
    return _appeal_page(request, case, Form.showing(request.state.locale))


@router.post("/appeals/{appeal_id}/decision", dependencies=[Depends(Needs(Action.APPEAL_DECIDE))])
def decide(request: Request, session: DbSession, actor: CurrentActor, appeal_id: RowId, form: SentForm) -> Response:
    """Decide about an objection: the outcome stands on a new version of the scorecard."""
    case = appeals.get_appeal(session, actor, appeal_id=appeal_id)
    appeals.check_may_decide(session, actor, case.appeal)
    version = form.whole("version", minimum=1)
    outcome = form.choice("outcome", AppealOutcome)
    answer = form.text("answer", limit=LONGEST_WORDS, lines=True)
    total = form.number("total", required=False)
    made = None
    if form.is_valid and outcome is not None and version is not None:
        made = form.attempt(
            session,
            lambda: appeals.decide_appeal(
                session, actor, appeal_id=appeal_id, version=version, decision=Decision(outcome, answer, total)
            ),
        )
    if made is None:
        return _appeal_page(request, case, form, 400)
    text = mark("Your decision stands on version %(version)s of the scorecard.")
    return redirect(request, f"/appeals/{appeal_id}", text, version=str(made.version_number))


def _own_card(session: DbSession, actor: CurrentActor, where: Where) -> PeriodCard:
    """The card that somebody objects to; others than its owner are refused first."""
    appeals.check_may_raise(session, actor, person_id=where.person_id)
    return scorecards.published_card(session, actor, where=where)


def _raise_form(request: Request, found: PeriodCard, form: Form, status: int = 200) -> Response:
    locale: Locale = request.state.locale
    refusal = found.case.refusal_to_appeal if found.case else None
    return page(
        request,
        "cases/appeal_form.html",
        status,
        case=found.case,
        form=form,
        found=found,
        refusal_text=error_text(refusal, locale) if refusal else "",
        view=ScorecardView(found.card, locale),
    )


def _appeal_page(request: Request, case: AppealCase, form: Form, status: int = 200) -> Response:
    locale: Locale = request.state.locale
    return page(
        request,
        "cases/appeal.html",
        status,
        case=case,
        form=form,
        outcomes=OUTCOMES,
        refusal_text=error_text(case.refusal, locale) if case.refusal else "",
    )


OUTCOMES: Final = {
    AppealOutcome.UPHELD: mark("Upheld"),
    AppealOutcome.PARTLY: mark("Upheld in part"),
    AppealOutcome.REJECTED: mark("Not upheld"),
}
"""What came of an objection, in words."""
