"""The pages of units and positions."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, Request, Response

from app.i18n import Locale, mark
from app.models import Position, Unit
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action
from app.services import responsibilities, units
from app.services.responsibilities import LONGEST_EXPECTATION, LONGEST_TASK, MOST, Duty
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
    form = Form.showing(
        request.state.locale, name=unit.name, code=unit.code, parent_id=str(unit.parent_id or ""), version=unit.version
    )
    return _unit(request, session, actor, form, unit_id)


@router.post("/units/{unit_id}", dependencies=_WRITE)
def change_unit(request: Request, session: DbSession, actor: CurrentActor, unit_id: RowId, form: SentForm) -> Response:
    """One unit changed or taken away."""
    units.check_may_write(session, actor)
    if form.value("wish") == "remove":
        units.remove_unit(session, actor, unit_id=unit_id)
        return redirect(request, "/units", mark("The unit is removed."))
    values, version = _unit_values(session, actor, form), form.whole("version", minimum=1) or 0
    changed = form.attempt(
        session, lambda: units.change_unit(session, actor, unit_id=unit_id, version=version, values=values)
    )
    if changed is None:
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
    return _position(request, session, actor, _position_form(request, position), position)


@router.post("/positions/{position_id}/responsibilities", dependencies=_WRITE)
def write_responsibilities(
    request: Request, session: DbSession, actor: CurrentActor, position_id: RowId, form: SentForm
) -> Response:
    """What the position is responsible for, row by row."""
    units.check_may_write(session, actor)
    position = units.get_position(session, actor, position_id=position_id)
    duties = [
        Duty(
            form.text(f"task_{row}", limit=LONGEST_TASK, required=False),
            form.text(f"expectation_{row}", limit=LONGEST_EXPECTATION, required=False, lines=True),
        )
        for row in range(1, MOST + 1)
    ]
    written = form.attempt(
        session, lambda: responsibilities.write_responsibilities(session, actor, position_id=position_id, duties=duties)
    )
    if written is None:
        return _position(request, session, actor, _position_form(request, position), position, form)
    return redirect(request, f"/positions/{position_id}", mark("Saved."))


def _position_form(request: Request, position: Position) -> Form:
    locale: Locale = request.state.locale
    return Form.showing(locale, name=position.name, code=position.code, version=position.version)


def _position(
    request: Request, session: DbSession, actor: Actor, form: Form, position: Position, duty_form: Form | None = None
) -> Response:
    """The form of a position with its responsibilities, as they stand or as they were typed."""
    locale: Locale = request.state.locale
    stored = responsibilities.responsibilities_of(session, actor, position_id=position.id)
    texts = {f"task_{row}": each.task for row, each in enumerate(stored, start=1)}
    texts |= {f"expectation_{row}": each.expectation for row, each in enumerate(stored, start=1)}
    typed = [row for row in range(1, MOST + 1) if duty_form and duty_form.value(f"task_{row}")]
    labels = {f"task_{row}": locale.text(mark("Task %(number)s"), number=row) for row in range(1, MOST + 1)}
    labels |= {
        f"expectation_{row}": locale.text(mark("Expectation %(number)s"), number=row) for row in range(1, MOST + 1)
    }
    is_refused = not form.is_valid or duty_form is not None
    return page(
        request,
        "people/position.html",
        HTTPStatus.BAD_REQUEST if is_refused else HTTPStatus.OK,
        form=form,
        item=position,
        duty_form=duty_form or Form.showing(locale, **texts),
        duty_labels=labels,
        duty_rows=min(MOST, max([len(stored), *typed]) + 2),
    )


@router.post("/positions/{position_id}", dependencies=_WRITE)
def change_position(
    request: Request, session: DbSession, actor: CurrentActor, position_id: RowId, form: SentForm
) -> Response:
    """One position changed or taken away."""
    units.check_may_write(session, actor)
    if form.value("wish") == "remove":
        units.remove_position(session, actor, position_id=position_id)
        return redirect(request, "/positions", mark("The position is removed."))
    values, version = _position_values(form), form.whole("version", minimum=1) or 0
    changed = form.attempt(
        session,
        lambda: units.change_position(session, actor, position_id=position_id, version=version, values=values),
    )
    if changed is None:
        position = units.get_position(session, actor, position_id=position_id)
        return _position(request, session, actor, form, position)
    return redirect(request, "/positions", mark("Saved."))


def _position_values(form: Form) -> PositionValues:
    return PositionValues(name=form.text("name"), code=form.text("code", limit=40, required=False))


def _positions(request: Request, session: DbSession, actor: Actor, form: Form) -> Response:
    positions = units.list_positions(session, actor)
    return _show(request, "people/positions.html", form, is_hr=actor.is_hr, positions=positions)


def _show(request: Request, template: str, form: Form, **values: Any) -> Response:
    return page(request, template, HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST, form=form, **values)
