"""The page on which HR says which periods of a cycle end with a review, and what is asked in it."""

from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, Request, Response

from app.i18n import Locale, mark
from app.models import Cycle
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.numbers import plain
from app.rules.outcome import LEVELS
from app.rules.vocabulary import Action
from app.services import cycles, review_policy
from app.services.behaviours import BehaviourValues
from app.services.review_policy import MOST_BEHAVIOURS, ReviewPolicy
from app.web.forms import Form, SentForm
from app.web.render import page, redirect

router = make_router()
_WRITE: Final = [Depends(Needs(Action.CYCLE_WRITE))]
_FLAGS: Final = ("asks_self_assessment", "asks_approval", "shows_feedback", "names_feedback")
_NUMBERS: Final = ("behaviour_share", "max_adjustment")
_LANGUAGES: Final = ("en", "id")


@router.get("/cycles/{cycle_id}/review", dependencies=_WRITE)
def policy_page(request: Request, session: DbSession, actor: CurrentActor, cycle_id: RowId) -> Response:
    """The form with the rules in force."""
    cycles.check_may_write(session, actor)
    cycle = cycles.get_cycle(session, actor, cycle_id=cycle_id)
    values = review_policy.review_policy_of(session, cycle)
    return _form_page(
        request,
        cycle,
        _shown(request.state.locale, cycle, values),
        is_frozen=review_policy.is_review_frozen(session, cycle),
    )


@router.post("/cycles/{cycle_id}/review", dependencies=_WRITE)
def change_policy(
    request: Request, session: DbSession, actor: CurrentActor, cycle_id: RowId, form: SentForm
) -> Response:
    """The rules changed, or the form again."""
    cycles.check_may_write(session, actor)
    cycle = cycles.get_cycle(session, actor, cycle_id=cycle_id)
    values, version = _values(form, cycle), form.whole("version", minimum=1) or 0
    changed = form.attempt(
        session,
        lambda: review_policy.change_review_policy(session, actor, cycle, version=version, values=values),
    )
    if changed is None:
        session.expire_all()
        return _form_page(request, cycles.get_cycle(session, actor, cycle_id=cycle_id), form)
    return redirect(request, f"/cycles/{cycle_id}", mark("The rules of the review are changed."))


def _shown(locale: Locale, cycle: Cycle, values: ReviewPolicy) -> Form:
    shown: dict[str, Any] = {name: getattr(values, name) for name in _FLAGS}
    shown |= {name: Decimal(plain(getattr(values, name))) for name in _NUMBERS}
    for row, each in enumerate(values.behaviours):
        shown |= dict(zip(_names(row), _texts(each), strict=True))
    return Form.showing(locale, version=str(cycle.version), periods=list(values.periods), **shown)


def _values(form: Form, cycle: Cycle) -> ReviewPolicy:
    return ReviewPolicy(
        periods=form.some_of("periods", [period.code for period in cycle.periods]),
        asks_self_assessment=form.checked("asks_self_assessment"),
        asks_approval=form.checked("asks_approval"),
        behaviour_share=form.number("behaviour_share", minimum=0, maximum=100) or Decimal(0),
        max_adjustment=form.number("max_adjustment", minimum=0, maximum=100) or Decimal(0),
        shows_feedback=form.checked("shows_feedback"),
        names_feedback=form.checked("names_feedback"),
        behaviours=[_behaviour(form, row) for row in _filled(form)],
    )


def _behaviour(form: Form, row: int) -> BehaviourValues:
    name_en, name_id, *anchors = _names(row)
    texts = [form.text(name, limit=500) for name in anchors]
    return BehaviourValues(form.text(name_en, limit=100), form.text(name_id, limit=100), texts[:LEVELS], texts[LEVELS:])


def _filled(form: Form) -> list[int]:
    return [row for row in range(MOST_BEHAVIOURS) if any(form.value(name).strip() for name in _names(row))]


def _names(row: int) -> list[str]:
    """The fields of one behaviour: its names, then its anchors in English, then those in Indonesian."""
    anchors = [f"behaviour_{row}_{language}_{level}" for language in _LANGUAGES for level in range(1, LEVELS + 1)]
    return [f"behaviour_{row}_name_en", f"behaviour_{row}_name_id", *anchors]


def _texts(values: BehaviourValues) -> list[str]:
    return [values.name_en, values.name_id, *values.anchors_en, *values.anchors_id]


def _form_page(request: Request, cycle: Cycle, form: Form, *, is_frozen: bool = False) -> Response:
    names: dict[str, str] = {}
    filled = _filled(form)
    for place, row in enumerate(filled):
        at = f"behaviours[{place}]"
        names |= {f"{at}.name_{language}": f"behaviour_{row}_name_{language}" for language in _LANGUAGES}
        for language in _LANGUAGES:
            for level in range(LEVELS):
                names[f"{at}.anchors_{language}[{level}]"] = f"behaviour_{row}_{language}_{level + 1}"
    form.faults = [replace(fault, at=names.get(fault.at, fault.at)) for fault in form.faults]
    return page(
        request,
        "cycles/review.html",
        HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST,
        cycle=cycle,
        form=form,
        is_frozen=is_frozen,
        levels=range(1, LEVELS + 1),
        rows=range(min(MOST_BEHAVIOURS, max(filled, default=-1) + 2)),
    )
