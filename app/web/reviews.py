"""The pages on which a period is reviewed: who is how far, the employee's own view, the scoring, the approval."""

from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, Request, Response

from app.errors import Conflict, Invalid, KinerjaError
from app.i18n import Locale, mark
from app.messages import error_text, fault_text
from app.routing import CurrentActor, DbSession, Needs, make_router
from app.rules.outcome import LEVELS
from app.rules.vocabulary import Action, AdjustmentKind
from app.scorecard_view import ScorecardView
from app.services import feedback, review_lists, reviews, self_assessments
from app.services.review_changes import LONGEST_WORDS
from app.services.reviews import LevelSeen, ReviewView, Scoring
from app.services.self_assessments import OwnView, OwnWords
from app.services.where import Where
from app.web.asked_period import asked_period
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect
from app.web.where import ONE, At, review_path

router = make_router()
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]
_SCORE: Final = [Depends(Needs(Action.APPRAISAL_SCORE))]
_ASSESS: Final = [Depends(Needs(Action.APPRAISAL_SELF_ASSESS))]
_APPROVE: Final = [Depends(Needs(Action.APPRAISAL_APPROVE))]
PAGE: Final = 50


# --- Who is how far ---------------------------------------------------------------------------------------------------


@router.get("/reviews", dependencies=_READ)
def list_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """The reviews of a period whom the reader may see, with what each waits for."""
    asked = asked_period(session, actor, query)
    if asked is None:
        return page(request, "reviews/no_cycle.html")
    cycle, period, every = asked
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    listing = review_lists.list_reviews(session, actor, cycle, period, offset=(number - 1) * PAGE, limit=PAGE)
    return page(
        request,
        "reviews/list.html",
        cycle=cycle,
        cycles=every,
        last=max(1, -(-listing.total // PAGE)),
        number=number,
        own_id=actor.person_id,
        period=period,
        rows=listing.items,
        units=review_lists.units_of(listing.items) if actor.is_hr else [],
    )


@router.get(f"/reviews/{ONE}", dependencies=_READ)
def review_page(request: Request, session: DbSession, actor: CurrentActor, where: At) -> Response:
    """One review: what was said and decided so far, and what comes next."""
    return show_review(request, session, actor, where, Form(request.state.locale))


def show_review(request: Request, session: DbSession, actor: CurrentActor, where: Where, form: Form) -> Response:
    """The page of one review; `form` is the one on it that was refused."""
    view = reviews.review_view(session, actor, where=where)
    locale: Locale = request.state.locale
    status = HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST
    refusals = {str(step): _reasons(locale, refusal) for step, refusal in view.refusals.items()}
    return page(
        request,
        "reviews/detail.html",
        status,
        found=view,
        form=form,
        refusals=refusals,
        said=feedback.feedback_view(session, actor, view.case),
        steps={str(step) for step in view.steps},
        **_frame(request, view),
    )


# --- Self-assessment --------------------------------------------------------------------------------------------------


@router.get(f"/reviews/{ONE}/self-assessment", dependencies=_ASSESS)
def own_page(request: Request, session: DbSession, actor: CurrentActor, where: At) -> Response:
    """The form for one's own view of the period."""
    self_assessments.check_may_assess(session, actor, person_id=where.person_id)
    view = reviews.review_view(session, actor, where=where)
    _check_writable(view, may_write=view.may_assess)
    if view.case.is_handed_in:
        raise Conflict("self_assessment_handed_in")
    return _own_page(request, view, _own_form(request.state.locale, view))


@router.post(f"/reviews/{ONE}/self-assessment", dependencies=_ASSESS)
def save_own(request: Request, session: DbSession, actor: CurrentActor, where: At, form: SentForm) -> Response:
    """The own view kept or handed in, or the form again."""
    self_assessments.check_may_assess(session, actor, person_id=where.person_id)
    view = reviews.review_view(session, actor, where=where)
    hand_in, version = form.value("act") == "hand_in", form.whole("version", minimum=0) or None
    values = _own_values(form, view)
    made = form.attempt(
        session,
        lambda: self_assessments.save_own_view(
            session, actor, where=where, version=version, values=values, hand_in=hand_in
        ),
    )
    if made is None:
        return _own_page(request, view, form)
    text = mark("Your self-assessment is handed in.") if hand_in else mark("Saved. Nobody else sees it yet.")
    return redirect(request, review_path(where) + ("" if hand_in else "/self-assessment"), text)


@router.post(f"/reviews/{ONE}/self-assessment/withdrawal", dependencies=_ASSESS)
def take_back_own(request: Request, session: DbSession, actor: CurrentActor, where: At, _form: SentForm) -> Response:
    """The own view open for writing again."""
    self_assessments.take_back_own_view(session, actor, where=where)
    return redirect(
        request, f"{review_path(where)}/self-assessment", mark("You can write on your self-assessment again.")
    )


def _own_form(locale: Locale, view: ReviewView) -> Form:
    own = view.case.own
    said = {each.kpi_code: each for each in own.kpis} if own else {}
    values: dict[str, Any] = {"version": own.version if own else 0, "words": own.words if own else ""}
    for place, kpi in enumerate(view.card.kpis):
        if each := said.get(kpi.code):
            values |= {f"own_{place}_words": each.words, f"own_{place}_achievement": each.achievement}
    return Form.showing(locale, **values)


def _own_values(form: Form, view: ReviewView) -> OwnView:
    said = {}
    for place, kpi in enumerate(view.card.kpis):
        words = form.text(f"own_{place}_words", required=False, limit=LONGEST_WORDS, lines=True)
        figure = form.number(f"own_{place}_achievement", required=False, minimum=Decimal(0))
        said[kpi.code] = OwnWords(words, figure)
    return OwnView(form.text("words", required=False, limit=LONGEST_WORDS, lines=True), said)


def _own_page(request: Request, view: ReviewView, form: Form) -> Response:
    _at_fields(form, view, {"words": "own_{}_words", "achievement": "own_{}_achievement"}, "kpis")
    status = HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST
    return page(request, "reviews/own.html", status, found=view, form=form, **_frame(request, view))


# --- Scoring ----------------------------------------------------------------------------------------------------------


@router.get(f"/reviews/{ONE}/scoring", dependencies=_SCORE)
def scoring_page(request: Request, session: DbSession, actor: CurrentActor, where: At) -> Response:
    """The form for the appraiser's part."""
    reviews.check_may_score(session, actor, person_id=where.person_id)
    view = reviews.review_view(session, actor, where=where)
    _check_writable(view, may_write=view.may_write)
    return _scoring_page(request, view, _scoring_form(request.state.locale, view))


@router.post(f"/reviews/{ONE}/scoring", dependencies=_SCORE)
def save_scoring(request: Request, session: DbSession, actor: CurrentActor, where: At, form: SentForm) -> Response:
    """The scoring kept or handed in, or the form again."""
    reviews.check_may_score(session, actor, person_id=where.person_id)
    view = reviews.review_view(session, actor, where=where)
    hand_in, version = form.value("act") == "hand_in", form.whole("version", minimum=0) or None
    values = _scoring_values(form, view)
    made = form.attempt(
        session,
        lambda: reviews.save_scoring(session, actor, where=where, version=version, values=values, hand_in=hand_in),
    )
    if made is None:
        return _scoring_page(request, reviews.review_view(session, actor, where=where), form)
    text = mark("The scoring is handed in.") if hand_in else mark("Saved. The employee does not see it yet.")
    return redirect(request, review_path(where) + ("" if hand_in else "/scoring"), text)


def _scoring_form(locale: Locale, view: ReviewView) -> Form:
    case = view.case
    appraisal = case.appraisal
    adjusted = next((each for each in case.scored.outcome.adjustments if each.kind is AdjustmentKind.MANAGER), None)
    values: dict[str, Any] = {
        "version": appraisal.version if appraisal else 0,
        "comment": appraisal.comment if appraisal else "",
        "total": adjusted.total if adjusted else None,
        "reason": adjusted.reason if adjusted else "",
    }
    values |= {f"kpi_{place}": case.comments.get(kpi.code, "") for place, kpi in enumerate(view.card.kpis)}
    for rating in case.ratings.values():
        values |= {f"level_{rating.behaviour_id}": str(rating.level), f"note_{rating.behaviour_id}": rating.note}
    return Form.showing(locale, **values)


def _scoring_values(form: Form, view: ReviewView) -> Scoring:
    levels = [str(level) for level in range(1, LEVELS + 1)]
    seen = {}
    for behaviour in view.case.behaviours:
        level = form.one_of(f"level_{behaviour.id}", levels, required=False)
        note = form.text(f"note_{behaviour.id}", required=False, limit=LONGEST_WORDS, lines=True)
        seen[behaviour.id] = LevelSeen(int(level) if level else None, note)
    return Scoring(
        comment=form.text("comment", required=False, limit=LONGEST_WORDS, lines=True),
        comments={
            kpi.code: form.text(f"kpi_{place}", required=False, limit=LONGEST_WORDS, lines=True)
            for place, kpi in enumerate(view.card.kpis)
        },
        levels=seen,
        total=form.number("total", required=False),
        reason=form.text("reason", required=False, limit=LONGEST_WORDS, lines=True),
    )


def _scoring_page(request: Request, view: ReviewView, form: Form) -> Response:
    _at_fields(form, view, {"": "kpi_{}"}, "comments")
    status = HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST
    return page(request, "reviews/scoring.html", status, found=view, form=form, **_frame(request, view))


# --- Steps ------------------------------------------------------------------------------------------------------------


@router.post(f"/reviews/{ONE}/approval", dependencies=_APPROVE)
def approve(request: Request, session: DbSession, actor: CurrentActor, where: At, _form: SentForm) -> Response:
    """The scoring approved."""
    reviews.approve(session, actor, where=where)
    return redirect(request, review_path(where), mark("The scoring is approved."))


@router.post(f"/reviews/{ONE}/return", dependencies=_SCORE)
def hand_back(request: Request, session: DbSession, actor: CurrentActor, where: At, form: SentForm) -> Response:
    """The scoring open again, or the page with what is missing."""
    reviews.check_may_score(session, actor, person_id=where.person_id)
    reason = form.text("reason", limit=LONGEST_WORDS, lines=True)
    if form.attempt(session, lambda: reviews.hand_back(session, actor, where=where, reason=reason)) is None:
        return show_review(request, session, actor, where, form)
    return redirect(request, review_path(where), mark("The scoring is returned; its figures can be changed again."))


# --- Parts ------------------------------------------------------------------------------------------------------------


def _check_writable(view: ReviewView, *, may_write: bool) -> None:
    if not view.case.scored.facts.period.asks_review:
        raise Conflict("no_review_asked")
    if not may_write:
        raise Conflict(f"already_{view.case.state.value}")


def _frame(request: Request, view: ReviewView) -> dict[str, Any]:
    """What every page of a review shows: whose it is, the card to date, the employee's words by KPI."""
    facts, locale = view.case.scored.facts, request.state.locale
    where = Where(view.case.scored.person.person.id, facts.cycle.code, facts.period.code)
    own = view.case.own if view.sees_own_view else None
    missing = [(fault.at, fault_text(fault, locale)) for fault in view.case.missing]
    return {
        "address": review_path(where),
        "blocking": [(fault.at, fault_text(fault, locale)) for fault in view.case.scored.blocking],
        "card_view": ScorecardView(view.card, locale),
        "cycle": facts.cycle,
        "missing": missing,
        "own": own,
        "own_words": {each.kpi_code: each for each in own.kpis} if own else {},
        "period": facts.period,
        "person_id": where.person_id,
    }


def _reasons(locale: Locale, refusal: KinerjaError) -> list[str]:
    if not isinstance(refusal, Invalid):
        return [error_text(refusal, locale)]
    texts = [(fault.at, fault_text(fault, locale)) for fault in refusal.faults]
    return [text if at in _OF_REVIEW else f"{at}: {text}" for at, text in texts]


_OF_REVIEW: Final = frozenset({"self_assessment", "behaviours", "comment"})


def _at_fields(form: Form, view: ReviewView, parts: dict[str, str], at: str) -> None:
    """Put faults that the service found at a KPI's code beside the field in which it was typed."""
    names = {}
    for place, kpi in enumerate(view.card.kpis):
        for part, name in parts.items():
            names[f"{at}[{kpi.code}]" + (f".{part}" if part else "")] = name.format(place)
    for behaviour in view.case.behaviours:
        names[f"levels[{behaviour.id}].level"] = f"level_{behaviour.id}"
        names[f"levels[{behaviour.id}].note"] = f"note_{behaviour.id}"
    form.faults = [replace(fault, at=names.get(fault.at, fault.at)) for fault in form.faults]
