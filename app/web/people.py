"""The pages about people: the list, a person's profile, entering and changing somebody, their account and roles."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.errors import Invalid
from app.i18n import mark
from app.models import Person, Placement, ReportingLine
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router, settings_of
from app.rules.texts import folded
from app.rules.vocabulary import Action, Role
from app.services import accounts, people, plan_lists, second_people, units
from app.services.people import Choices, PersonValues
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.PERSON_READ))]
_WRITE: Final = [Depends(Needs(Action.PERSON_WRITE))]
PAGE: Final = 50
_BETWEEN: Final = " · "
"""What stands between number and name where a manager is chosen by typing."""

# --- The list ---------------------------------------------------------------------------------------------------------


@router.get("/people", dependencies=_READ)
def list_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """Everybody whom the reader may see."""
    search = query.text("search", required=False, limit=100)
    unit_id = query.whole("unit", required=False, minimum=1, maximum=2**62)
    with_left = query.checked("left")
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    listing = people.list_people(
        session, actor, search=search, unit_id=unit_id, with_left=with_left, offset=(number - 1) * PAGE, limit=PAGE
    )

    def address(number: int) -> str:
        wanted = {"search": search, "unit": unit_id, "left": "on" if with_left else "", "page": number}
        return "/people?" + urlencode({name: value for name, value in wanted.items() if value})

    return page(
        request,
        "people/list.html",
        accounts=people.accounts_of(session, listing.items) if actor.is_hr else {},
        address=address,
        is_filtered=bool(search or unit_id or with_left),
        is_hr=actor.is_hr,
        last=max(1, -(-listing.total // PAGE)),
        number=number,
        orphans=people.without_manager(session, actor) if actor.is_hr else [],
        query=query,
        rows=[_row(person, actor) for person in listing.items],
        total=listing.total,
        units=[(unit.id, unit.name) for unit in units.units_in_view(session, actor)],
    )


def _row(person: Person, actor: Actor) -> tuple[Person, Placement | None, ReportingLine | None]:
    return person, people.placement_on(person, actor.today), people.line_on(person, actor.today)


# --- Entering and changing --------------------------------------------------------------------------------------------


@router.get("/people/new", dependencies=_WRITE)
def new_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The form for somebody new."""
    return _form_page(request, people.choices(session, actor), Form.showing(request.state.locale))


@router.post("/people", dependencies=_WRITE)
def enter(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Somebody new on the staff, or the form again."""
    choices = people.choices(session, actor)
    values = _values(session, actor, form, choices)
    person = form.attempt(session, lambda: people.enter_person(session, actor, values=values))
    if person is None:
        return _form_page(request, choices, form)
    return redirect(request, f"/people/{person.id}", mark("%(name)s is entered."), name=person.name)


@router.get("/people/{person_id}/edit", dependencies=_WRITE)
def edit_page(request: Request, session: DbSession, actor: CurrentActor, person_id: RowId) -> Response:
    """The form with what is known about a person."""
    choices = people.choices(session, actor)
    person = people.get_person(session, actor, person_id=person_id)
    placement, line = people.placement_on(person, actor.today), people.line_on(person, actor.today)
    form = Form.showing(
        request.state.locale,
        number=person.number,
        name=person.name,
        email=person.email,
        joined_on=person.joined_on,
        left_on=person.left_on,
        unit_id=str(placement.unit_id) if placement else "",
        position_id=str(placement.position_id) if placement else "",
        manager=_shown(line.manager) if line else "",
        version=str(person.version),
    )
    return _form_page(request, choices, form, person)


@router.post("/people/{person_id}/edit", dependencies=_WRITE)
def change(request: Request, session: DbSession, actor: CurrentActor, person_id: RowId, form: SentForm) -> Response:
    """A person changed, or the form again."""
    choices = people.choices(session, actor)
    person = people.get_person(session, actor, person_id=person_id)
    values = _values(session, actor, form, choices)
    version = form.whole("version", minimum=1) or 0
    form.attempt(
        session,
        lambda: people.change_person(session, actor, person_id=person_id, version=version, values=values),
    )
    if not form.is_valid:
        return _form_page(request, choices, form, person)
    return redirect(request, f"/people/{person_id}", mark("Saved."))


def _form_page(request: Request, choices: Choices, form: Form, person: Person | None = None) -> Response:
    return page(
        request,
        "people/form.html",
        HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST,
        form=form,
        managers=[_shown(manager) for manager in choices.managers if person is None or manager.id != person.id],
        person=person,
        positions=[(position.id, position.name) for position in choices.positions],
        units=[(unit.id, unit.name) for unit in choices.units],
    )


def _values(session: DbSession, actor: Actor, form: Form, choices: Choices) -> PersonValues:
    unit = form.one_of("unit_id", [str(unit.id) for unit in choices.units], required=False)
    position = form.one_of("position_id", [str(position.id) for position in choices.positions], required=False)
    joined_on = form.date("joined_on")
    return PersonValues(
        number=form.text("number", limit=40),
        name=form.text("name"),
        email=form.email("email", required=False),
        joined_on=joined_on or actor.today,
        left_on=form.date("left_on", required=False),
        unit_id=int(unit) if unit else None,
        position_id=int(position) if position else None,
        manager_id=_manager_id(session, actor, form, choices),
        placed_on=form.date("placed_on", required=False),
        reports_on=form.date("reports_on", required=False),
    )


def _shown(manager: Person) -> str:
    return manager.number + _BETWEEN + manager.name


def _manager_id(session: DbSession, actor: Actor, form: Form, choices: Choices) -> int | None:
    """The manager who was chosen or typed: number and name, the number alone, or a name that only one has."""
    typed = form.text("manager", required=False, limit=300)
    if not typed:
        return None
    named = [person for person in choices.managers if folded(typed) in {folded(person.name), folded(_shown(person))}]
    if len(named) == 1:
        return named[0].id
    for number in (typed, typed.partition(_BETWEEN)[0]):
        if found := people.person_by_number(session, actor, number=number):
            return found.id
    form.refuse("manager_id", "several_so_named" if named else "nobody_so_named")
    return None


# --- The profile ------------------------------------------------------------------------------------------------------


@router.get("/people/{person_id}", dependencies=_READ)
def profile_page(request: Request, session: DbSession, actor: CurrentActor, person_id: RowId) -> Response:
    """What is known about a person."""
    return show_profile(request, session, actor, person_id)


def show_profile(
    request: Request, session: DbSession, actor: Actor, person_id: int, link: str = "", second_form: Form | None = None
) -> Response:
    """A person's page; `second_form` is the one on it that was refused."""
    person = people.get_person(session, actor, person_id=person_id)
    values: dict[str, Any] = {
        "account": accounts.account_of(session, person_id) if actor.is_hr else None,
        "granted": {grant.role for grant in person.grants},
        "has_left": person.left_on is not None and person.left_on < actor.today,
        "is_hr": actor.is_hr,
        "is_own": person_id == actor.person_id,
        "line": people.line_on(person, actor.today),
        "link": link,
        "person": person,
        "placement": people.placement_on(person, actor.today),
        "plans": plan_lists.plans_of_person(session, actor, person_id=person_id),
        "roles": list(Role),
        "second_form": second_form or Form(request.state.locale),
        "seconds": second_people.seconds_of(session, actor, person_id=person_id),
        "team": [
            (member, people.placement_on(member, actor.today))
            for member in people.team_of(session, actor, person_id=person_id)
        ],
    }
    status = HTTPStatus.OK if second_form is None else HTTPStatus.BAD_REQUEST
    return page(request, "people/profile.html", status, **values)


@router.post("/people/{person_id}/invitation", dependencies=_WRITE)
def invite(request: Request, session: DbSession, actor: CurrentActor, person_id: RowId, _form: SentForm) -> Response:
    """The profile with a new one-time link; it is shown this once, so no redirect can carry it."""
    settings = settings_of(request)
    link = settings.base_url.rstrip("/") + accounts.invite(session, actor, person_id)
    return show_profile(request, session, actor, person_id, link)


@router.post("/people/{person_id}/account", dependencies=_WRITE)
def set_account(
    request: Request, session: DbSession, actor: CurrentActor, person_id: RowId, form: SentForm
) -> Response:
    """The account stopped or opened again."""
    is_stopped = form.one_of("state", ["stopped", "open"]) == "stopped"
    if not form.is_valid:
        raise Invalid(form.faults)
    accounts.set_disabled(session, actor, person_id, is_disabled=is_stopped)
    flash = mark("The account is stopped.") if is_stopped else mark("The account is open again.")
    return redirect(request, f"/people/{person_id}", flash)


@router.post("/people/{person_id}/roles", dependencies=_WRITE)
def set_role(request: Request, session: DbSession, actor: CurrentActor, person_id: RowId, form: SentForm) -> Response:
    """A role given or taken back."""
    role, wish = form.choice("role", Role), form.one_of("wish", ["grant", "withdraw"])
    if not form.is_valid:
        raise Invalid(form.faults)
    if role is not None and wish == "grant":
        people.grant_role(session, actor, person_id=person_id, role=role)
        return redirect(request, f"/people/{person_id}", mark("The role is given."))
    if role is not None:
        people.withdraw_role(session, actor, person_id=person_id, role=role)
    return redirect(request, f"/people/{person_id}", mark("The role is taken back."))
