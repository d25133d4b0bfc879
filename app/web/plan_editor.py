"""The acts of the plan editor: order, ratings and weights; whatever is done, the ratings typed are kept."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from fastapi import Depends, Request, Response

from app.errors import Conflict
from app.i18n import mark
from app.models import Kpi, Plan
from app.plan_words import CRITERIA
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import WRITABLE, Action, WeightingMethod
from app.services import plan_kpis, plan_weights, planning
from app.services.plan_drafts import kpis_of
from app.services.plan_weights import LONGEST_REASON, KpiRatings, ratings_of
from app.web.forms import Form, SentForm
from app.web.plan_pages import plan_values, show_editor
from app.web.render import page, redirect

router = make_router()
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
_STALE: Final = mark("Somebody else has changed this plan in the meantime. This is how it stands now.")

Act = Callable[[int], object]
"""What is done to a draft from the version on that it is handed."""


def version_in(form: Form) -> int:
    """The version of the plan that the sender of the form saw."""
    version = form.whole("version")
    if version is None:
        raise Conflict("stale")
    return version


def is_partial(request: Request) -> bool:
    """Whether only a part of the page was asked for, to be swapped into it."""
    return request.headers.get("HX-Request") == "true"


def change_draft(
    request: Request, session: DbSession, actor: Actor, *, plan_id: int, form: Form, act: Act
) -> Response | None:
    """Keep what was typed into the editor's one form, then do the act; an answer only where that was refused."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    version, keep = version_in(form), _keeper(session, actor, plan, form)
    try:
        form.attempt(session, lambda: act(keep(version)))
    except Conflict as conflict:
        if conflict.code != "stale":
            raise
        return _show_stale(request, session, actor, plan_id, form)
    if form.is_valid:
        return None
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    return show_editor(request, actor, plan, _with_version(form, plan), HTTPStatus.BAD_REQUEST, is_refused=True)


def _with_version(form: Form, plan: Plan) -> Form:
    """The form as it was typed, for the plan's present version."""
    form.put("version", str(plan.version))
    return form


def _show_stale(request: Request, session: DbSession, actor: Actor, plan_id: int, form: Form) -> Response:
    """The present plan beside the ratings that were typed, where they differ: nothing is overwritten unseen."""
    session.expire_all()
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    if plan.state not in WRITABLE:
        return redirect(request, f"/plans/{plan_id}", _STALE, kind="warning")
    typed = [
        (kpi, criterion, form.value(f"{criterion.field}_{kpi.id}"))
        for kpi in kpis_of(plan)
        for criterion in CRITERIA
        if form.value(f"{criterion.field}_{kpi.id}") not in {"", str(getattr(kpi, criterion.field))}
    ]
    return show_editor(request, actor, plan, None, HTTPStatus.CONFLICT, is_stale=True, typed_before=typed)


def _keeper(session: DbSession, actor: Actor, plan: Plan, form: Form) -> Callable[[int], int]:
    """Read ratings or weights from the form; what is handed back saves them and tells the version that follows."""
    if plan.weighting is WeightingMethod.DIRECT:
        weights = {kpi.id: form.number(f"weight_{kpi.id}", required=False) for kpi in kpis_of(plan)}
        weights = {kpi_id: weight for kpi_id, weight in weights.items() if f"weight_{kpi_id}" in form.names}
        if all(weights.get(kpi.id, kpi.weight) == kpi.weight for kpi in kpis_of(plan)):
            return lambda version: version
        return lambda version: (
            plan_weights.type_weights(session, actor, plan_id=plan.id, version=version, weights=weights).version
        )
    ratings = {kpi.id: given for kpi in kpis_of(plan) if (given := _ratings_in(form, kpi)) is not None}
    if all(ratings[kpi.id] == ratings_of(kpi) for kpi in kpis_of(plan) if kpi.id in ratings):
        return lambda version: version
    return lambda version: (
        plan_weights.rate_kpis(session, actor, plan_id=plan.id, version=version, ratings=ratings).version
    )


def _ratings_in(form: Form, kpi: Kpi) -> KpiRatings | None:
    """The ratings of a KPI as far as they were chosen; none where no rating of it was sent at all."""
    names = [f"{criterion.field}_{kpi.id}" for criterion in CRITERIA]
    if not any(name in form.names for name in names):
        return None
    priority, difficulty, credibility = (form.whole(name, required=False) for name in names)
    return KpiRatings(priority, difficulty, credibility)


def _do(
    request: Request, session: DbSession, actor: Actor, plan_id: int, form: Form, act: Act, anchor: str = ""
) -> Response:
    """The act, and the editor again where the eye was."""
    refused = change_draft(request, session, actor, plan_id=plan_id, form=form, act=act)
    return refused or redirect(request, f"/plans/{plan_id}{anchor}")


# --- Ratings and weights ----------------------------------------------------------------------------------------------


@router.post("/plans/{plan_id}/weights", dependencies=_WRITE)
def rate(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """The weights that follow from what was chosen: as a part to be swapped in, or the editor again."""
    if not is_partial(request):
        return _do(request, session, actor, plan_id, form, lambda version: version, "#plan-weights")
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    version, keep = version_in(form), _keeper(session, actor, plan, form)
    is_stale = False
    try:
        form.attempt(session, lambda: keep(version))
    except Conflict as conflict:
        if conflict.code != "stale":
            raise
        is_stale = True
    if not is_stale:  # a stale page keeps its version: nothing more is written from it
        _with_version(form, plan)
    status = HTTPStatus.CONFLICT if is_stale else HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST
    return page(
        request, "planning/weights_swap.html", status, **plan_values(request, actor, plan, form), is_stale=is_stale
    )


@router.post("/plans/{plan_id}/weighting", dependencies=_WRITE)
def choose_weighting(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm
) -> Response:
    """Another way in which the weights are found."""
    weighting = form.choice("weighting", WeightingMethod)

    def choose(version: int) -> None:
        if weighting is not None:
            plan_weights.choose_weighting(session, actor, plan_id=plan_id, version=version, weighting=weighting)

    return _do(request, session, actor, plan_id, form, choose, "#plan-weights")


@router.get("/plans/{plan_id}/weights/by-hand", dependencies=_WRITE)
def override_page(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId) -> Response:
    """All weights of the plan, to be set by hand with a reason."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    weights = {f"weight_{kpi.id}": kpi.weight and kpi.weight.normalize() for kpi in kpis_of(plan)}
    reason = next((kpi.weight_reason for kpi in kpis_of(plan) if kpi.weight_reason), "")
    form = Form.showing(request.state.locale, version=str(plan.version), reason=reason, **weights)
    return page(request, "planning/override.html", **plan_values(request, actor, plan, form))


@router.post("/plans/{plan_id}/weights/by-hand", dependencies=_WRITE)
def override(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """The weights as set by hand, beside the computed ones."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    weights = {kpi.id: form.number(f"weight_{kpi.id}") for kpi in kpis_of(plan)}
    reason = form.text("reason", limit=LONGEST_REASON, lines=True)
    version = version_in(form)

    def set_weights() -> Plan:
        return plan_weights.override_weights(
            session, actor, plan_id=plan_id, version=version, weights=weights, reason=reason
        )

    if form.attempt(session, set_weights) is None:
        plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
        values = plan_values(request, actor, plan, form)
        return page(request, "planning/override.html", HTTPStatus.BAD_REQUEST, **values)
    return redirect(request, f"/plans/{plan_id}#plan-weights", mark("The weights were set by hand."))


@router.post("/plans/{plan_id}/weights/computed", dependencies=_WRITE)
def drop_override(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm
) -> Response:
    """The computed weights again."""

    def drop(version: int) -> Plan:
        return plan_weights.drop_override(session, actor, plan_id=plan_id, version=version)

    return _do(request, session, actor, plan_id, form, drop, "#plan-weights")


# --- The order of objectives ------------------------------------------------------------------------------------------


@router.post("/plans/{plan_id}/objectives/{objective_id}/removal", dependencies=_WRITE)
def remove_objective(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, objective_id: RowId, form: SentForm
) -> Response:
    """One objective less."""

    def remove(version: int) -> Plan:
        return plan_kpis.remove_objective(session, actor, plan_id=plan_id, version=version, objective_id=objective_id)

    return _do(request, session, actor, plan_id, form, remove, "#objectives")


@router.post("/plans/{plan_id}/objectives/{objective_id}/place", dependencies=_WRITE)
def move_objective(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, objective_id: RowId, form: SentForm
) -> Response:
    """One place up or down."""
    up = form.one_of("direction", ("up", "down")) == "up"

    def move(version: int) -> Plan:
        return plan_kpis.move_objective(
            session, actor, plan_id=plan_id, version=version, objective_id=objective_id, up=up
        )

    return _do(request, session, actor, plan_id, form, move, f"#objective-{objective_id}")


# --- The order of KPIs ------------------------------------------------------------------------------------------------


@router.post("/plans/{plan_id}/kpis/{kpi_id}/removal", dependencies=_WRITE)
def remove_kpi(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, kpi_id: RowId, form: SentForm
) -> Response:
    """One KPI less."""

    def remove(version: int) -> Plan:
        return plan_kpis.remove_kpi(session, actor, plan_id=plan_id, version=version, kpi_id=kpi_id)

    return _do(request, session, actor, plan_id, form, remove, "#objectives")


@router.post("/plans/{plan_id}/kpis/{kpi_id}/place", dependencies=_WRITE)
def move_kpi(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, kpi_id: RowId, form: SentForm
) -> Response:
    """One place up or down, over to the neighbouring objective where its own ends."""
    up = form.one_of("direction", ("up", "down")) == "up"

    def move(version: int) -> Plan:
        return plan_kpis.move_kpi(session, actor, plan_id=plan_id, version=version, kpi_id=kpi_id, up=up)

    return _do(request, session, actor, plan_id, form, move, f"#kpi-{kpi_id}")
