"""The pages of units and positions."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, Request, Response

from app.i18n import mark
from app.models import Unit
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action
from app.services import units
from app.services.units import Counted, PositionValues, UnitValues
from app.web.forms import Form, SentForm
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.PERSON_READ))]
_WRITE: Final = [Depends(Needs(Action.PERSON_WRITE))]


@router.get("/units", dependencies=_READ)
def units_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The tree of units, with the form for another one."""
    return _units(request, session, actor, Form.showing(request.state.locale))


@router.post("/units", dependencies=_WRITE)
def enter_unit(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Another unit, or the form again."""
    units.check_may_write(session, actor)
    values = _unit_values(session, actor, form)
    if form.attempt(session, lambda: units.enter_unit(session, actor, values=values)) is None:
        return _units(request, session, actor, form)
    return redirect(request, "/units", mark("%(name)s is entered."), name=values.name)


@router.get("/units/{unit_id}", dependencies=_WRITE)
def unit_page(request: Request, session: DbSession, actor: CurrentActor, unit_id: RowId) -> Response:
    """The form of one unit."""
    units.check_may_write(session, actor)
    unit = units.get_unit(session, actor, unit_id=unit_id)
    form = Form.showing(request.state.locale, name=unit.name, code=unit.code, parent_id=str(unit.parent_id or ""))
    return _unit(request, session, actor, form, unit_id)


@router.post("/units/{unit_id}", dependencies=_WRITE)
def change_unit(request: Request, session: DbSession, actor: CurrentActor, unit_id: RowId, form: SentForm) -> Response:
    """One unit changed or taken away."""
    units.check_may_write(session, actor)
    if form.value("wish") == "remove":
        units.remove_unit(session, actor, unit_id=unit_id)
        return redirect(request, "/units", mark("The unit is removed."))
    values = _unit_values(session, actor, form)
    if form.attempt(session, lambda: units.change_unit(session, actor, unit_id=unit_id, values=values)) is None:
        return _unit(request, session, actor, form, unit_id)
    return redirect(request, "/units", mark("Saved."))


def _unit_values(session: DbSession, actor: Actor, form: Form) -> UnitValues:
    known = [str(each.item.id) for each in units.list_units(session, actor)]
    parent = form.one_of("parent_id", known, required=False)
    return UnitValues(
        name=form.text("name"),
        code=form.text("code", limit=40, required=False),
        parent_id=int(parent) if parent else None,
    )


def _units(request: Request, session: DbSession, actor: Actor, form: Form) -> Response:
    listed = units.list_units(session, actor)
    return _show(request, "people/units.html", form, is_hr=actor.is_hr, units=listed, parents=_parents(listed))


def _unit(request: Request, session: DbSession, actor: Actor, form: Form, unit_id: int) -> Response:
    unit = units.get_unit(session, actor, unit_id=unit_id)
    others = [each for each in units.list_units(session, actor) if each.item.id != unit_id]
    return _show(request, "people/unit.html", form, item=unit, parents=_parents(others))


def _parents(listed: Sequence[Counted[Unit]]) -> list[tuple[int, str]]:
    """What a unit can be part of, each below its own."""
    return [(each.item.id, "\u2013 " * each.depth + each.item.name) for each in listed]


@router.get("/positions", dependencies=_READ)
def positions_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """All positions, with the form for another one."""
    return _positions(request, session, actor, Form.showing(request.state.locale))


@router.post("/positions", dependencies=_WRITE)
def enter_position(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Another position, or the form again."""
    units.check_may_write(session, actor)
    values = _position_values(form)
    if form.attempt(session, lambda: units.enter_position(session, actor, values=values)) is None:
        return _positions(request, session, actor, form)
    return redirect(request, "/positions", mark("%(name)s is entered."), name=values.name)


@router.get("/positions/{position_id}", dependencies=_WRITE)
def position_page(request: Request, session: DbSession, actor: CurrentActor, position_id: RowId) -> Response:
    """The form of one position."""
    units.check_may_write(session, actor)
    position = units.get_position(session, actor, position_id=position_id)
    form = Form.showing(request.state.locale, name=position.name, code=position.code)
    return _show(request, "people/position.html", form, item=position)


@router.post("/positions/{position_id}", dependencies=_WRITE)
def change_position(
    request: Request, session: DbSession, actor: CurrentActor, position_id: RowId, form: SentForm
) -> Response:
    """One position changed or taken away."""
    units.check_may_write(session, actor)
    if form.value("wish") == "remove":
        units.remove_position(session, actor, position_id=position_id)
        return redirect(request, "/positions", mark("The position is removed."))
    values = _position_values(form)
    changed = form.attempt(
        session, lambda: units.change_position(session, actor, position_id=position_id, values=values)
    )
    if changed is None:
        position = units.get_position(session, actor, position_id=position_id)
        return _show(request, "people/position.html", form, item=position)
    return redirect(request, "/positions", mark("Saved."))


def _position_values(form: Form) -> PositionValues:
    return PositionValues(name=form.text("name"), code=form.text("code", limit=40, required=False))


def _positions(request: Request, session: DbSession, actor: Actor, form: Form) -> Response:
    positions = units.list_positions(session, actor)
    return _show(request, "people/positions.html", form, is_hr=actor.is_hr, positions=positions)


def _show(request: Request, template: str, form: Form, **values: Any) -> Response:
    return page(request, template, HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST, form=form, **values)
