"""The pages of plans: who has one, beginning, reading, submitting, revising and discarding it."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.errors import Invalid
from app.i18n import mark
from app.models import Plan
from app.plan_words import STATES
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import WRITABLE, Action
from app.services import people, planning
from app.services.kpi_values import plan_periods
from app.services.overview import own_proposal
from app.services.plan_bulk import carry_plan, may_make_many
from app.services.plan_lists import PlanFilter, copyable_plans, count_plans, cycles_of_plans, list_plans
from app.web.asked_period import asked_cycle
from app.web.forms import Form, Query, SentForm
from app.web.plan_bulk import as_it_starts, carried_from, carry_wish
from app.web.plan_editor import change_draft, version_in
from app.web.plan_pages import placement_of, show_editor, show_plan
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.PLAN_READ))]
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
PAGE: Final = 50
OFFERED: Final = 50
"""How many plans are offered for copying; a search narrows them."""


@router.get("/plans", dependencies=_READ)
def list_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """Who has a plan for a cycle, and how far it is."""
    known = cycles_of_plans(session, actor)
    cycle = asked_cycle(session, actor, query, known)
    if cycle is None:
        return page(request, "planning/no_cycle.html")
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    only = query.choice("only", PlanFilter, required=False)
    search = query.text("search", required=False, limit=100)
    listing = list_plans(
        session, actor, cycle_id=cycle.id, search=search, only=only, offset=(number - 1) * PAGE, limit=PAGE
    )
    counts = count_plans(session, actor, cycle_id=cycle.id, search=search)

    def address(**changed: Any) -> str:
        wanted = {"cycle": cycle.code, "search": search, "only": only.value if only else "", **changed}
        return "/plans?" + urlencode({name: value for name, value in wanted.items() if value})

    return page(
        request,
        "planning/list.html",
        cycle=cycle,
        cycles=known,
        rows=listing.items,
        total=listing.total,
        state_words=STATES,
        counts=counts,
        only=only,
        may_make_many=may_make_many(session, actor),
        query=query,
        address=address,
        number=number,
        last=max(1, -(-listing.total // PAGE)),
        own_id=actor.person_id,
        is_alone=counts.people == 1 and not (search or only) and listing.items[0].person.id == actor.person_id,
        to_answer=own_proposal(session, actor),
    )


# --- Beginning --------------------------------------------------------------------------------------------------------


@router.get("/plans/new", dependencies=_WRITE)
def new_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """How the plan of a person is to begin: empty, or as a copy of a colleague's."""
    person_id = query.whole("person") or 0
    return _new_page(request, session, actor, query, person_id)


def _new_page(
    request: Request, session: DbSession, actor: Actor, query: Form, person_id: int, form: Form | None = None
) -> Response:
    person = people.get_person(session, actor, person_id=person_id)
    planning.require_write(session, actor, person_id=person_id)
    known = cycles_of_plans(session, actor)
    cycle = asked_cycle(session, actor, query, known)
    if cycle is None:
        return page(request, "planning/no_cycle.html")
    if begun := planning.versions_of(session, actor, person_id=person_id, cycle_id=cycle.id):
        return redirect(request, f"/plans/{begun[0].id}")
    search = query.text("search", required=False, limit=100)
    sources = copyable_plans(session, actor, person_id=person_id, cycle_id=cycle.id, search=search, limit=OFFERED)
    beginning = carried_from(session, actor, person_id=person_id, cycle_id=cycle.id)
    return page(
        request,
        "planning/new.html",
        HTTPStatus.BAD_REQUEST if form else HTTPStatus.OK,
        person=person,
        cycle=cycle,
        cycles=known,
        query=query,
        sources=[(plan, placement_of(plan, actor)) for plan in sources],
        is_cut=len(sources) == OFFERED,
        form=form or Form.showing(request.state.locale, **as_it_starts(beginning["carried"])),
        **beginning,
    )


@router.post("/plans", dependencies=_WRITE)
def start(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """A new draft, empty or copied."""
    person_id, cycle_id = form.whole("person"), form.whole("cycle_id")
    source_id = form.whole("source", required=False)
    if person_id is None or cycle_id is None or not form.is_valid:
        raise Invalid(form.faults)
    if source_id is None:
        plan = planning.start_plan(session, actor, person_id=person_id, cycle_id=cycle_id)
        return redirect(request, f"/plans/{plan.id}")
    plan = planning.copy_plan(session, actor, person_id=person_id, cycle_id=cycle_id, source_id=source_id)
    return redirect(request, f"/plans/{plan.id}", mark("The plan was copied. Adapt it before you submit it."))


@router.post("/plans/carried", dependencies=_WRITE)
def carry(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """One person's plan of an earlier cycle as the draft of the next, or the page again."""
    person_id, cycle_id = form.whole("person"), form.whole("cycle_id")
    if person_id is None or cycle_id is None:
        raise Invalid(form.faults)
    planning.require_write(session, actor, person_id=person_id)
    wish = carry_wish(form, cycle_id)
    plan = wish and form.attempt(session, lambda: carry_plan(session, actor, person_id=person_id, wish=wish))
    if not plan:
        return _new_page(request, session, actor, form, person_id, form)
    return redirect(request, f"/plans/{plan.id}", mark("The plan was carried over. Adapt it before you submit it."))


# --- One plan ---------------------------------------------------------------------------------------------------------


@router.get("/plans/{plan_id}", dependencies=_READ)
def show(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId) -> Response:
    """The editor of a draft for those who may write it, the read view for everybody else."""
    plan = planning.get_plan(session, actor, plan_id=plan_id)
    if plan.state in WRITABLE and planning.may_write(session, actor, person_id=plan.person_id):
        return show_editor(request, actor, plan)
    return show_plan(request, session, actor, plan)


@router.post("/plans/{plan_id}/submission", dependencies=_WRITE)
def submit(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """The plan in force, or the editor with everything that is missing."""
    changed = change_draft(
        request,
        session,
        actor,
        plan_id=plan_id,
        form=form,
        act=lambda version: planning.submit_plan(session, actor, plan_id=plan_id, version=version),
    )
    if changed is not None:
        return changed
    return redirect(request, f"/plans/{plan_id}", mark("The plan is in force."))


@router.post("/plans/{plan_id}/removal", dependencies=_WRITE)
def discard(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """No draft any more."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    cycle_code = plan.cycle.code
    planning.discard_plan(session, actor, plan_id=plan_id, version=version_in(form))
    return redirect(request, f"/plans?cycle={cycle_code}", mark("The draft was discarded."), kind="info")


@router.get("/plans/{plan_id}/revision", dependencies=_WRITE)
def revision_page(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId) -> Response:
    """From when on a new version is to hold, and why."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    form = Form.showing(request.state.locale, version=str(plan.version))
    return page(request, "planning/revision.html", plan=plan, days=_first_days(plan), form=form)


@router.post("/plans/{plan_id}/revision", dependencies=_WRITE)
def revise(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """The draft of a new version."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    starts_on, reason = form.date("starts_on"), form.text("reason", limit=planning.LONGEST_REASON, lines=True)
    version = version_in(form)

    def revise_from(day: date) -> Plan:
        return planning.revise_plan(session, actor, plan_id=plan_id, version=version, starts_on=day, reason=reason)

    draft = form.attempt(session, lambda: revise_from(starts_on)) if starts_on else None
    if draft is None:
        values = {"plan": plan, "days": _first_days(plan), "form": form}
        return page(request, "planning/revision.html", HTTPStatus.BAD_REQUEST, **values)
    return redirect(
        request, f"/plans/{draft.id}", mark("This is the draft of the new version. Change it and submit it.")
    )


def _first_days(plan: Plan) -> list[date]:
    """The days from which a version may hold: the plan's first, and those on which its later periods begin."""
    return [plan.starts_on, *(period.starts_on for period in plan_periods(plan) if period.starts_on > plan.starts_on)]
