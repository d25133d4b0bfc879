"""The pages of goals: what company and units want to reach in a cycle, what serves it, vision and mission."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, Request, Response

from app.errors import Conflict, Invalid
from app.i18n import mark
from app.models import Cycle, Goal
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action, CycleState
from app.services import cycles, goals, people_lists, planning, units
from app.services.goals import LONGEST_TEXT, LONGEST_TITLE, GoalValues
from app.services.plan_drafts import objective_of
from app.web.asked_period import asked_cycle
from app.web.forms import Form, Query, SentForm
from app.web.plan_editor import version_in
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.GOAL_READ))]
_WRITE: Final = [Depends(Needs(Action.GOAL_WRITE))]
_LINK: Final = [Depends(Needs(Action.PLAN_WRITE))]


@router.get("/goals", dependencies=_READ)
def list_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """The goals of a cycle as a tree, with who serves them."""
    profile = goals.get_profile(session, actor)
    known = cycles.list_cycles(session, actor)
    cycle = asked_cycle(session, actor, query, known)
    values: dict[str, Any] = {"rows": (), "loose": (), "loose_total": 0}
    if cycle is not None:
        loose, total = goals.loose_objectives(session, actor, cycle_id=cycle.id)
        values = {
            "rows": goals.list_goals(session, actor, cycle_id=cycle.id),
            "loose": loose,
            "loose_total": total,
        }
    return page(
        request, "goals/list.html", cycle=cycle, cycles=known, profile=profile, is_hr=actor.is_hr, query=query, **values
    )


@router.get("/goals/profile", dependencies=_WRITE)
def profile_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The form of vision and mission."""
    goals.check_may_write(session, actor)
    found = goals.get_profile(session, actor)
    form = Form.showing(request.state.locale, version=str(found.version), vision=found.vision, mission=found.mission)
    return page(request, "goals/profile.html", form=form, stands=None)


@router.post("/goals/profile", dependencies=_WRITE)
def write_profile(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Vision and mission as typed; against a newer version both are shown."""
    goals.check_may_write(session, actor)
    texts = {name: form.text(name, limit=LONGEST_TEXT, required=False, lines=True) for name in ("vision", "mission")}
    version, stands = version_in(form), None
    try:
        written = form.attempt(session, lambda: goals.write_profile(session, actor, version=version, **texts))
        if written is not None:
            return redirect(request, "/goals", mark("Saved."))
    except Conflict as conflict:
        if conflict.code != "stale":
            raise
        stands = goals.get_profile(session, actor)
        form.put("version", str(stands.version))
    status = HTTPStatus.BAD_REQUEST if stands is None else HTTPStatus.CONFLICT
    return page(request, "goals/profile.html", status, form=form, stands=stands)


# --- One goal ---------------------------------------------------------------------------------------------------------


@router.get("/goals/new", dependencies=_WRITE)
def new_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """The form of a new goal, of the company or below another one."""
    goals.check_may_write(session, actor)
    cycle = _cycle(session, actor, query)
    form = Form.showing(request.state.locale, cycle=cycle.code, parent_id=query.value("below"))
    return _form_page(request, session, actor, form, cycle)


@router.post("/goals", dependencies=_WRITE)
def enter(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """Another goal, or the form again."""
    goals.check_may_write(session, actor)
    cycle = _cycle(session, actor, form)
    values = _values(session, actor, form, cycle, None)
    entered = form.attempt(
        session, lambda: values and goals.enter_goal(session, actor, cycle_id=cycle.id, values=values)
    )
    if not entered:
        return _form_page(request, session, actor, form, cycle)
    return redirect(request, f"/goals?cycle={cycle.code}#goal-{entered.id}", mark("The goal is entered."))


@router.get("/goals/{goal_id}", dependencies=_WRITE)
def goal_page(request: Request, session: DbSession, actor: CurrentActor, goal_id: RowId) -> Response:
    """The form of a goal."""
    goal = goals.get_goal_to_write(session, actor, goal_id=goal_id)
    form = Form.showing(
        request.state.locale,
        version=str(goal.version),
        title=goal.title,
        description=goal.description,
        unit_id=str(goal.unit_id or ""),
        parent_id=str(goal.parent_id or ""),
        owner_id=str(goal.owner_id),
        figure=goal.figure,
        unit_of_measure=goal.unit_of_measure,
    )
    return _form_page(request, session, actor, form, goal.cycle, goal)


@router.post("/goals/{goal_id}", dependencies=_WRITE)
def change(request: Request, session: DbSession, actor: CurrentActor, goal_id: RowId, form: SentForm) -> Response:
    """A goal changed or taken away; against a newer version what stands is shown beside what was typed."""
    goal = goals.get_goal_to_write(session, actor, goal_id=goal_id)
    cycle = goal.cycle
    version = version_in(form)
    if form.value("wish") == "remove":
        goals.remove_goal(session, actor, goal_id=goal_id, version=version)
        return redirect(request, f"/goals?cycle={cycle.code}", mark("The goal is removed."), kind="info")
    values = _values(session, actor, form, cycle, goal)
    is_stale = False
    try:
        changed = form.attempt(
            session,
            lambda: values and goals.change_goal(session, actor, goal_id=goal_id, version=version, values=values),
        )
        if changed:
            return redirect(request, f"/goals?cycle={cycle.code}#goal-{goal_id}", mark("Saved."))
    except Conflict as conflict:
        if conflict.code != "stale":
            raise
        is_stale = True
    goal = goals.get_goal_to_write(session, actor, goal_id=goal_id)
    form.put("version", str(goal.version))
    return _form_page(request, session, actor, form, cycle, goal, is_stale=is_stale)


def _cycle(session: DbSession, actor: Actor, form: Form) -> Cycle:
    """The cycle that the form or the address names."""
    known = {cycle.code: cycle for cycle in cycles.list_cycles(session, actor) if cycle.state is not CycleState.CLOSED}
    code = form.one_of("cycle", known)
    if code not in known:
        raise Invalid(form.faults)
    return known[code]


def _values(session: DbSession, actor: Actor, form: Form, cycle: Cycle, goal: Goal | None) -> GoalValues | None:
    offered = _offered(session, actor, cycle, goal)
    title = form.text("title", limit=LONGEST_TITLE)
    description = form.text("description", limit=LONGEST_TEXT, required=False, lines=True)
    unit = form.one_of("unit_id", [str(each) for each, _ in offered["units"]], required=False)
    parent = form.one_of("parent_id", [str(each) for each, _ in offered["parents"]], required=False)
    owner = form.one_of("owner_id", [str(each) for each, _ in offered["owners"]])
    figure = form.number("figure", required=False)
    unit_of_measure = form.text("unit_of_measure", limit=60, required=False)
    if not form.is_valid:
        return None
    return GoalValues(
        title=title,
        owner_id=int(owner),
        description=description,
        unit_id=int(unit) if unit else None,
        parent_id=int(parent) if parent else None,
        figure=figure,
        unit_of_measure=unit_of_measure,
    )


def _offered(session: DbSession, actor: Actor, cycle: Cycle, goal: Goal | None) -> dict[str, list[tuple[int, str]]]:
    """What can be chosen for a goal; its present owner stays on offer."""
    found = people_lists.choices(session, actor)
    owners = {person.id: f"{person.name} ({person.number})" for person in found.managers}
    if goal is not None:
        owners.setdefault(goal.owner_id, f"{goal.owner.name} ({goal.owner.number})")
    others = [each for each in goals.goals_to_choose(session, actor, cycle_id=cycle.id) if goal is None or each != goal]
    return {
        "units": [(each.item.id, "\u2013 " * each.depth + each.item.name) for each in units.list_units(session, actor)],
        "parents": [(each.id, each.title) for each in others],
        "owners": list(owners.items()),
    }


def _form_page(
    request: Request,
    session: DbSession,
    actor: Actor,
    form: Form,
    cycle: Cycle,
    goal: Goal | None = None,
    *,
    is_stale: bool = False,
) -> Response:
    status = HTTPStatus.CONFLICT if is_stale else HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST
    offered = _offered(session, actor, cycle, goal)
    return page(request, "goals/form.html", status, form=form, cycle=cycle, goal=goal, is_stale=is_stale, **offered)


# --- The goal that an objective serves --------------------------------------------------------------------------------


@router.get("/plans/{plan_id}/objectives/{objective_id}/goal", dependencies=_LINK)
def link_page(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, objective_id: RowId
) -> Response:
    """Which goal the objective serves."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    link = objective_of(plan, objective_id).goal_link
    form = Form.showing(request.state.locale, version=str(plan.version), goal_id=str(link.goal_id) if link else "")
    return _link_page(request, session, actor, form, plan_id, objective_id)


@router.post("/plans/{plan_id}/objectives/{objective_id}/goal", dependencies=_LINK)
def link(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, objective_id: RowId, form: SentForm
) -> Response:
    """The objective linked, or to no goal any more."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    objective_of(plan, objective_id)
    known = [str(each.id) for each in goals.goals_to_choose(session, actor, cycle_id=plan.cycle_id)]
    version, chosen = version_in(form), form.one_of("goal_id", known, required=False)
    linked = form.attempt(
        session,
        lambda: goals.link_objective(
            session,
            actor,
            plan_id=plan_id,
            version=version,
            objective_id=objective_id,
            goal_id=int(chosen) if chosen else None,
        ),
    )
    if linked is None:
        return _link_page(request, session, actor, form, plan_id, objective_id)
    return redirect(request, f"/plans/{plan_id}#objective-{objective_id}")


def _link_page(
    request: Request, session: DbSession, actor: Actor, form: Form, plan_id: int, objective_id: int
) -> Response:
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    return page(
        request,
        "goals/link.html",
        HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST,
        plan=plan,
        objective=objective_of(plan, objective_id),
        goals=goals.goals_to_choose(session, actor, cycle_id=plan.cycle_id),
        form=form,
    )
