"""The page of an objective: result, success, day, support and action plan, with advice as it is typed."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, Request, Response

from app.errors import Conflict, Invalid
from app.i18n import Locale, mark
from app.models import Objective, Plan
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action
from app.services import action_steps, plan_kpis, planning
from app.services.advice import typed_objective_advice
from app.services.plan_drafts import objective_of
from app.web import objective_fields
from app.web.forms import Form, SentForm
from app.web.plan_advice import OBJECTIVE_FIELDS, Hint, hints_of
from app.web.plan_editor import is_partial, version_in
from app.web.plan_pages import show_editor
from app.web.render import page, redirect

router = make_router()
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
_STEP: Final = [Depends(Needs(Action.PLAN_DISCUSS))]
_ROW_LABELS: Final = {
    "activity": mark("Activity %(number)s"),
    "resource": mark("What it takes %(number)s"),
    "starts_on": mark("From %(number)s"),
    "ends_on": mark("To %(number)s"),
}


@router.post("/plans/{plan_id}/objectives", dependencies=_WRITE)
def add_objective(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm
) -> Response:
    """One more objective, or the editor with what was typed."""
    objective = _put(session, actor, plan_id, form)
    if objective is None:
        plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
        hints = _hints(request.state.locale, form, None)
        return show_editor(request, actor, plan, None, HTTPStatus.BAD_REQUEST, objective_form=form, new_hints=hints)
    return redirect(request, f"/plans/{plan_id}#objective-{objective.id}")


@router.post("/plans/{plan_id}/objectives/preview", dependencies=_WRITE)
def preview(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """Advice about what was typed so far, and more rows for steps; nothing is saved."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    objective_id = form.whole("objective", required=False)
    objective = None if objective_id is None else objective_of(plan, objective_id)
    if is_partial(request) or objective is None:
        hints = _hints(request.state.locale, form, objective)
        return page(
            request, "planning/objective_swap.html", plan=plan, form=form, hints=hints, is_new=objective is None
        )
    return _page(request, plan, objective, form)


@router.get("/plans/{plan_id}/objectives/{objective_id}", dependencies=_WRITE)
def objective_page(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, objective_id: RowId
) -> Response:
    """The form with what stands."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    objective = objective_of(plan, objective_id)
    stored = objective_fields.from_objective(objective)
    return _page(request, plan, objective, Form.showing(request.state.locale, version=str(plan.version), **stored))


@router.post("/plans/{plan_id}/objectives/{objective_id}", dependencies=_WRITE)
def change_objective(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, objective_id: RowId, form: SentForm
) -> Response:
    """The objective as typed; against a newer version both are shown."""
    status = HTTPStatus.BAD_REQUEST
    try:
        if _put(session, actor, plan_id, form, objective_id) is not None:
            return redirect(request, f"/plans/{plan_id}#objective-{objective_id}")
    except Conflict as conflict:
        if conflict.code != "stale":
            raise
        status = HTTPStatus.CONFLICT
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    objective = objective_of(plan, objective_id)
    form.put("version", str(plan.version))
    return _page(request, plan, objective, form, status, stands=objective if status is HTTPStatus.CONFLICT else None)


@router.post("/plans/{plan_id}/steps/{step_id}", dependencies=_STEP)
def mark_step(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, step_id: RowId, form: SentForm
) -> Response:
    """A step of the action plan done, or open again."""
    is_done = form.value("done") == "yes"
    _, step = action_steps.mark_step(session, actor, plan_id=plan_id, step_id=step_id, is_done=is_done)
    flash = mark("“%(activity)s” is done.") if is_done else mark("“%(activity)s” is open again.")
    return redirect(request, f"/plans/{plan_id}#objective-{step.objective_id}", flash, activity=step.activity)


def _put(session: DbSession, actor: Actor, plan_id: int, form: Form, objective_id: int | None = None) -> Any:
    values = objective_fields.read(form)
    version = version_in(form)

    def put() -> Objective:
        try:
            return plan_kpis.put_objective(
                session, actor, plan_id=plan_id, version=version, objective_id=objective_id, values=values
            )
        except Invalid as refused:
            raise objective_fields.seen_in_form(form, refused) from refused

    return form.attempt(session, put)


def _hints(locale: Locale, form: Form, objective: Objective | None) -> list[Hint]:
    reading = Form(locale, {name: form.values(name) for name in form.names})
    values = objective_fields.read(reading)
    details = values.details
    found = typed_objective_advice(
        title=values.title,
        description=values.description,
        success=details.success if details else "",
        due_on=details.due_on if details else None,
        objective=objective,
    )
    if objective is None:  # the short form for a new one has no other field than these
        found = [each for each in found if each.at in {"title", "description"}]
    return hints_of(found, locale)


def _page(
    request: Request,
    plan: Plan,
    objective: Objective,
    form: Form,
    status: int = HTTPStatus.OK,
    *,
    stands: Objective | None = None,
) -> Response:
    locale: Locale = request.state.locale
    rows = objective_fields.rows_of(form)
    labels = {name: locale.text(label) for name, label in OBJECTIVE_FIELDS.items()}
    labels |= {
        f"step_{name}_{row}": locale.text(label, number=row)
        for row in range(1, rows + 1)
        for name, label in _ROW_LABELS.items()
    }
    return page(
        request,
        "planning/objective.html",
        status,
        plan=plan,
        objective=objective,
        form=form,
        labels=labels,
        rows=rows,
        stands=stands,
        hints=_hints(locale, form, objective),
    )
