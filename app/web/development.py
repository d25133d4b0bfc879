"""The pages of development plans: one person's with its items, and what is due of everybody in view."""

from http import HTTPStatus
from typing import Final

from fastapi import Depends, Request, Response

from app.i18n import mark
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action, DevelopmentState
from app.services import development
from app.services.development import ItemValues
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]
_WRITE: Final = [Depends(Needs(Action.DEVELOPMENT_WRITE))]
PAGE: Final = 50


@router.get("/development", dependencies=_READ)
def due_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """What is open of oneself and one's people, those first that are due first."""
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    listing = development.due_items(session, actor, offset=(number - 1) * PAGE, limit=PAGE)
    return page(
        request,
        "development/due.html",
        actor=actor,
        items=listing.items,
        last=max(1, -(-listing.total // PAGE)),
        number=number,
    )


@router.get("/development/{person_id}", dependencies=_READ)
def plan_page(request: Request, session: DbSession, actor: CurrentActor, person_id: RowId, query: Query) -> Response:
    """One person's development plan; a suggested gap may stand in the form already."""
    form = Form.showing(
        request.state.locale,
        gap=query.text("gap", required=False, limit=300),
        kpi_code=query.text("kpi", required=False, limit=40),
    )
    return _plan_page(request, session, actor, person_id, form)


@router.post("/development/{person_id}", dependencies=_WRITE)
def enter_item(request: Request, session: DbSession, actor: CurrentActor, person_id: RowId, form: SentForm) -> Response:
    """Another item, or the form again."""
    development.check_may_write(session, actor, person_id=person_id)
    values = _values(form, DevelopmentState.OPEN)
    item = form.attempt(session, lambda: development.enter_item(session, actor, person_id=person_id, values=values))
    if item is None:
        return _plan_page(request, session, actor, person_id, form, HTTPStatus.BAD_REQUEST)
    return redirect(request, f"/development/{person_id}", mark("It is in the development plan."))


@router.get("/development-items/{item_id}", dependencies=_WRITE)
def item_page(request: Request, session: DbSession, actor: CurrentActor, item_id: RowId) -> Response:
    """The form of one item."""
    item = development.get_item(session, actor, item_id=item_id)
    form = Form.showing(
        request.state.locale,
        gap=item.gap,
        development_action=item.development_action,
        support=item.support,
        due_on=item.due_on,
        state=item.state.value,
        kpi_code=item.kpi_code,
        version=str(item.version),
    )
    return page(request, "development/item.html", form=form, item=item, item_id=item_id, person=item.person)


@router.post("/development-items/{item_id}", dependencies=_WRITE)
def change_item(request: Request, session: DbSession, actor: CurrentActor, item_id: RowId, form: SentForm) -> Response:
    """One item changed or moved on, or the form again."""
    item = development.get_item(session, actor, item_id=item_id)
    person = item.person
    version = form.whole("version", minimum=1) or 0
    values = _values(form, form.choice("state", DevelopmentState) or DevelopmentState.OPEN)
    changed = form.attempt(
        session,
        lambda: development.change_item(session, actor, item_id=item_id, version=version, values=values),
    )
    if changed is None:
        values_shown = {"form": form, "item": item, "item_id": item_id, "person": person}
        return page(request, "development/item.html", HTTPStatus.BAD_REQUEST, **values_shown)
    return redirect(request, f"/development/{person.id}", mark("Saved."))


def _values(form: Form, state: DevelopmentState) -> ItemValues:
    return ItemValues(
        gap=form.text("gap", limit=development.LONGEST, lines=True),
        development_action=form.text("development_action", limit=development.LONGEST, lines=True),
        support=form.text("support", limit=development.LONGEST, lines=True, required=False),
        due_on=form.date("due_on"),
        state=state,
        kpi_code=form.text("kpi_code", limit=40, required=False),
    )


def _plan_page(
    request: Request, session: DbSession, actor: Actor, person_id: int, form: Form, status: int = HTTPStatus.OK
) -> Response:
    plan = development.development_of(session, actor, person_id=person_id)
    return page(request, "development/plan.html", status, form=form, is_own=person_id == actor.person_id, plan=plan)
