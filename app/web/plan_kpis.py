"""The form of a KPI: chosen from the library or new, with only the fields that its measure and method have."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, Request, Response

from app import plan_words
from app.errors import Conflict
from app.i18n import Locale, mark
from app.messages import fault_text
from app.models import Kpi, Objective, Plan
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import WRITABLE, Action
from app.services import library, plan_kpis, planning
from app.services.advice import typed_kpi_advice
from app.services.cycles import policy_of
from app.services.kpi_values import (
    AGGREGATIONS_OF,
    METHODS_OF,
    figure_faults,
    plan_periods,
    write_values,
)
from app.services.plan_drafts import kpi_of, kpis_of, objective_of
from app.services.plan_values import takes_period_targets
from app.services.recommended import recommended
from app.web import kpi_fields
from app.web.forms import Form, Query, SentForm
from app.web.plan_advice import Hint, hints_of
from app.web.plan_checklist import FIELDS
from app.web.plan_editor import is_partial, version_in
from app.web.plan_pages import Curve, curve_of
from app.web.render import page, redirect

router = make_router()
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
OWN: Final = "0"
"""What stands for "none of the library" in the address of the form."""


@router.get("/plans/{plan_id}/kpis/new", dependencies=_WRITE)
def new_page(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, query: Query) -> Response:
    """First the library to choose from, then the form, filled from what was chosen."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    if plan.state not in WRITABLE:
        return redirect(request, f"/plans/{plan_id}")
    objective = objective_of(plan, query.whole("objective") or 0)
    chosen = query.value("definition")
    if not chosen:
        return _library_page(request, session, actor, plan, objective, query)
    locale: Locale = request.state.locale
    start = dict(kpi_fields.BLANK)
    if chosen != OWN:
        definition = library.get_definition(session, actor, definition_id=query.whole("definition") or 0)
        start = kpi_fields.from_definition(definition, locale.language)
    form = Form.showing(locale, version=str(plan.version), objective=str(objective.id), **start)
    return _form_page(request, plan, form)


def _library_page(
    request: Request, session: DbSession, actor: Actor, plan: Plan, objective: Objective, query: Form
) -> Response:
    search = query.text("search", required=False, limit=100)
    language = request.state.locale.language
    found = [
        (definition, library.copy_of(definition, language))
        for definition in library.list_definitions(session, actor, search=search)
    ]
    colleagues = recommended(session, actor, plan_id=plan.id)
    by_id = {pair[0].id: pair for pair in found}
    shelves = [(mark("Used in the same position"), [by_id[each] for each in colleagues if each in by_id])]
    shelves += [
        (label, [pair for pair in found if pair[0].category == category and pair[0].id not in colleagues])
        for category, label in library.CATEGORIES.items()
    ]
    used = {kpi.definition_id for kpi in kpis_of(plan)}
    return page(
        request,
        "planning/pick.html",
        plan=plan,
        objective=objective,
        query=query,
        shelves=[(label, pairs) for label, pairs in shelves if pairs],
        used=used,
        colleagues=colleagues,
        words=plan_words,
        own=OWN,
    )


@router.post("/plans/{plan_id}/kpis", dependencies=_WRITE)
def add(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """One more KPI, or the form with what was typed."""
    return _save(request, session, actor, plan_id, form)


@router.get("/plans/{plan_id}/kpis/{kpi_id}", dependencies=_WRITE)
def kpi_page(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, kpi_id: RowId) -> Response:
    """The form with what stands."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    kpi = kpi_of(plan, kpi_id)
    if plan.state not in WRITABLE:
        return redirect(request, f"/plans/{plan_id}#kpi-{kpi_id}")
    return _form_page(request, plan, _stored(request.state.locale, plan, kpi), kpi)


@router.post("/plans/{plan_id}/kpis/preview", dependencies=_WRITE)
def preview(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """The fields for the measure and method that were chosen, and the curve; nothing is saved."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    kpi_id = form.whole("kpi", required=False)
    kpi = None if kpi_id is None else kpi_of(plan, kpi_id)
    kpi_fields.settle(form)
    if not is_partial(request):
        return _form_page(request, plan, form, kpi)
    return page(request, "planning/kpi_swap.html", **_values(request, plan, form, kpi))


@router.post("/plans/{plan_id}/kpis/{kpi_id}", dependencies=_WRITE)
def change(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, kpi_id: RowId, form: SentForm
) -> Response:
    """The KPI as typed; against a newer version both are shown."""
    return _save(request, session, actor, plan_id, form, kpi_id)


def _save(
    request: Request, session: DbSession, actor: Actor, plan_id: int, form: Form, kpi_id: int | None = None
) -> Response:
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    objective_id = form.whole("objective") or 0
    values = kpi_fields.read(form, plan)
    version = version_in(form)

    def put() -> Kpi:
        return plan_kpis.put_kpi(
            session,
            actor,
            plan_id=plan_id,
            version=version,
            objective_id=objective_id,
            values=values,
            kpi_id=kpi_id,
        )

    try:
        saved = form.attempt(session, put)
    except Conflict as conflict:
        if conflict.code != "stale":
            raise
        return _stale_page(request, session, actor, plan_id, form, kpi_id)
    if saved is not None:
        return redirect(request, f"/plans/{plan_id}#kpi-{saved.id}", mark("%(name)s was saved."), name=saved.name)
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    kpi = None if kpi_id is None else kpi_of(plan, kpi_id)
    return _form_page(request, plan, form, kpi, HTTPStatus.BAD_REQUEST)


def _stale_page(
    request: Request, session: DbSession, actor: Actor, plan_id: int, form: Form, kpi_id: int | None
) -> Response:
    """What was typed, beside what stands now wherever it differs; saving once more is then a decision."""
    session.expire_all()
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    kpi = None if kpi_id is None else kpi_of(plan, kpi_id)
    stands = (
        [] if kpi is None else list(_differences(request.state.locale, form, _stored(request.state.locale, plan, kpi)))
    )
    form.put("version", str(plan.version))
    return _form_page(request, plan, form, kpi, HTTPStatus.CONFLICT, stands=stands, is_stale=True)


def _differences(locale: Locale, typed: Form, stored: Form) -> Iterator[tuple[str, str]]:
    """Fields that were typed otherwise than they stand, by name, with what stands."""
    for name in dict.fromkeys((*stored.names, *typed.names)):
        field = kpi_fields.field_of(name)
        if field in FIELDS and typed.value(name) != stored.value(name):
            stands = stored.value(name)
            yield locale.text(FIELDS[field]), locale.text(kpi_fields.word_for(name, stands)) if stands else "–"


def _stored(locale: Locale, plan: Plan, kpi: Kpi) -> Form:
    return Form.showing(locale, version=str(plan.version), objective=str(kpi.objective_id), **kpi_fields.from_kpi(kpi))


def _form_page(
    request: Request, plan: Plan, form: Form, kpi: Kpi | None = None, status: int = 200, **more: Any
) -> Response:
    values = {**_values(request, plan, form, kpi), "stands": [], "is_stale": False, **more}
    return page(request, "planning/kpi.html", status, **values)


def _values(request: Request, plan: Plan, form: Form, kpi: Kpi | None) -> dict[str, Any]:
    """What the form of a KPI shows, whole or in part."""
    choice = kpi_fields.choice_of(form)
    curve, open_points = _preview(request.state.locale, plan, form)
    has_periods = takes_period_targets(choice.measure, choice.aggregation, choice.method)
    return {
        "plan": plan,
        "kpi": kpi,
        "form": form,
        "words": plan_words,
        "labels": {**FIELDS, "objective": mark("Objective")},
        "choice": choice,
        "methods": METHODS_OF[choice.measure],
        "aggregations": AGGREGATIONS_OF.get(choice.measure, ()),
        "periods": plan_periods(plan) if has_periods else [],
        "rows": kpi_fields.rows_of(form),
        "policy": policy_of(plan.cycle),
        "cycle": plan.cycle,
        "curve": curve,
        "open_points": open_points,
        "hints": _hints(request.state.locale, plan, form, kpi),
    }


def _hints(locale: Locale, plan: Plan, form: Form, kpi: Kpi | None) -> list[Hint]:
    """What could be better about what was typed so far."""
    reading = Form(locale, {name: form.values(name) for name in form.names})
    objective_id = reading.whole("objective", required=False)
    objective = next((each for each in plan.objectives if each.id == objective_id), kpi.objective if kpi else None)
    values = kpi_fields.read(reading, plan)
    found = typed_kpi_advice(plan, values, objective=objective, kpi=kpi)
    # Ratings are given in the editor of the plan, where this is said as well
    return hints_of((each for each in found if each.at != "data_credibility"), locale)


def _preview(locale: Locale, plan: Plan, form: Form) -> tuple[Curve | None, list[tuple[str, str]]]:
    """The curve of what was typed so far, or what keeps it from being drawn."""
    reading = Form(locale, {name: form.values(name) for name in form.names})
    values = kpi_fields.read(reading, plan)
    figures = [fault for fault in reading.faults if kpi_fields.field_of(fault.at) in kpi_fields.FIGURES]
    faults = figures or figure_faults(values, plan)
    if faults:
        texts = [(FIELDS.get(kpi_fields.field_of(fault.at), ""), fault_text(fault, locale)) for fault in faults]
        return None, texts
    draft = Kpi()
    write_values(draft, values, plan.cycle)
    draft.name = draft.name or "–"  # a curve needs no name
    return curve_of(draft, policy_of(plan.cycle), locale), []
