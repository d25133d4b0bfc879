"""The pages of the KPI library: the list, one definition, entering, changing and retiring it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app import plan_words
from app.i18n import Locale, mark
from app.models import KpiDefinition
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action, Aggregation, Frequency, MeasureKind, Method
from app.services import library
from app.services.library import CATEGORIES, DEPARTMENTS, INDUSTRIES, DefinitionValues
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.LIBRARY_READ))]
_WRITE: Final = [Depends(Needs(Action.LIBRARY_WRITE))]
_BILINGUAL: Final = ("name", "formula", "unit_of_measure", "numerator", "denominator")
_LIMITS: Final = {
    "name": 200, "definition": 2000, "formula": 500, "unit_of_measure": 60, "numerator": 500, "denominator": 500,
}  # fmt: skip


@router.get("/library", dependencies=_READ)
def list_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """All definitions, by category."""
    search = query.text("search", required=False, limit=100)
    category = query.one_of("category", CATEGORIES.keys(), required=False)
    department = query.one_of("department", DEPARTMENTS.keys(), required=False)
    industry = query.one_of("industry", INDUSTRIES.keys(), required=False)
    with_retired = query.checked("retired")
    found = library.list_definitions(
        session,
        actor,
        search=search,
        category=category,
        department=department,
        industry=industry,
        with_retired=with_retired,
    )
    groups = [(label, [each for each in found if each.category == code]) for code, label in CATEGORIES.items()]
    return page(
        request,
        "library/list.html",
        address=lambda code: "/library?" + urlencode({"category": code}),
        **_kinds(request.state.locale),
        groups=[(label, definitions) for label, definitions in groups if definitions],
        is_filtered=bool(search or category or department or industry or with_retired),
        is_hr=actor.is_hr,
        query=query,
        total=len(found),
        words=plan_words,
    )


@router.get("/library/new", dependencies=_WRITE)
def new_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The form for a definition."""
    library.check_may_write(session, actor)
    form = Form.showing(
        request.state.locale,
        measure=MeasureKind.VALUE.value,
        aggregation=Aggregation.SUM.value,
        method=Method.HIGHER.value,
        frequency=Frequency.MONTHLY.value,
    )
    return _form_page(request, form)


@router.post("/library", dependencies=_WRITE)
def enter(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """A definition entered, or the form again."""
    library.check_may_write(session, actor)
    values = _values(form)
    definition = form.attempt(session, lambda: library.enter_definition(session, actor, values=values))
    if definition is None:
        return _form_page(request, form)
    return redirect(request, f"/library/{definition.id}", mark("The definition is entered."))


@router.get("/library/{definition_id}", dependencies=_READ)
def detail_page(request: Request, session: DbSession, actor: CurrentActor, definition_id: RowId) -> Response:
    """One definition."""
    definition = library.get_definition(session, actor, definition_id=definition_id)
    return page(
        request,
        "library/detail.html",
        category=CATEGORIES.get(definition.category, definition.category),
        department=DEPARTMENTS.get(definition.department, ""),
        industry=INDUSTRIES.get(definition.industry, ""),
        copy=library.copy_of(definition, request.state.locale.language),
        definition=definition,
        is_hr=actor.is_hr,
        words=plan_words,
        uses=library.count_uses(session, definition_id=definition_id) if actor.is_hr else 0,
    )


@router.get("/library/{definition_id}/edit", dependencies=_WRITE)
def edit_page(request: Request, session: DbSession, actor: CurrentActor, definition_id: RowId) -> Response:
    """The form with a definition."""
    library.check_may_write(session, actor)
    definition = library.get_definition(session, actor, definition_id=definition_id)
    shown: dict[str, Any] = {
        f"{name}_{language}": getattr(definition, f"{name}_{language}")
        for name in (*_BILINGUAL, "definition")
        for language in ("en", "id")
    }
    shown |= {name: str(getattr(definition, name) or "") for name in ("measure", "aggregation", "method", "frequency")}
    form = Form.showing(
        request.state.locale,
        **shown,
        code=definition.code,
        category=definition.category,
        department=definition.department,
        industry=definition.industry,
        scale=definition.scale,
        version=str(definition.version),
    )
    return _form_page(request, form, definition)


@router.post("/library/{definition_id}/edit", dependencies=_WRITE)
def change(request: Request, session: DbSession, actor: CurrentActor, definition_id: RowId, form: SentForm) -> Response:
    """A definition changed, or the form again."""
    library.check_may_write(session, actor)
    definition = library.get_definition(session, actor, definition_id=definition_id)
    values, version = _values(form), form.whole("version", minimum=1) or 0
    changed = form.attempt(
        session,
        lambda: library.change_definition(session, actor, definition_id=definition_id, version=version, values=values),
    )
    if changed is None:
        return _form_page(request, form, definition)
    return redirect(request, f"/library/{definition_id}", mark("Saved."))


@router.post("/library/{definition_id}", dependencies=_WRITE)
def retire(request: Request, session: DbSession, actor: CurrentActor, definition_id: RowId, form: SentForm) -> Response:
    """A definition retired, or offered again."""
    is_retired = form.value("state") != "offered"
    version = form.whole("version", required=False) or 0
    library.retire_definition(session, actor, definition_id=definition_id, version=version, is_retired=is_retired)
    flash = mark("The definition is retired.") if is_retired else mark("The definition is offered again.")
    return redirect(request, f"/library/{definition_id}", flash)


def _values(form: Form) -> DefinitionValues:
    measure = form.choice("measure", MeasureKind) or MeasureKind.VALUE
    is_ratio = measure is MeasureKind.RATIO
    # In the order of the page, so that the summary of what was refused has it too
    texts = {"code": form.text("code", limit=40), "category": form.one_of("category", CATEGORIES.keys())}
    texts["department"] = form.one_of("department", DEPARTMENTS.keys(), required=False)
    texts["industry"] = form.one_of("industry", INDUSTRIES.keys(), required=False)
    for name in ("name", "definition", *_BILINGUAL[1:]):
        is_required = is_ratio or name not in {"numerator", "denominator"}
        for field in (f"{name}_id", f"{name}_en"):
            texts[field] = form.text(field, limit=_LIMITS[name], required=is_required, lines=name == "definition")
    return DefinitionValues(
        **texts,
        measure=measure,
        method=form.choice("method", Method) or Method.HIGHER,
        frequency=form.choice("frequency", Frequency) or Frequency.MONTHLY,
        aggregation=form.choice("aggregation", Aggregation, required=False),
        scale=form.number("scale", required=is_ratio),
    )


def _form_page(request: Request, form: Form, definition: KpiDefinition | None = None) -> Response:
    locale = request.state.locale
    return page(
        request,
        "library/form.html",
        HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST,
        **_kinds(locale),
        aggregations=_options(locale, plan_words.AGGREGATIONS),
        definition=definition,
        form=form,
        frequencies=_options(locale, plan_words.FREQUENCIES),
        measures=[
            (kind.value, locale.text(word.name), locale.text(word.hint)) for kind, word in plan_words.MEASURES.items()
        ],
        methods=_options(locale, plan_words.METHODS),
    )


def _kinds(locale: Locale) -> dict[str, Any]:
    """What definitions are sorted by, for choosing."""
    lists = {"categories": CATEGORIES, "departments": DEPARTMENTS, "industries": INDUSTRIES}
    return {name: [(code, locale.text(label)) for code, label in labels.items()] for name, labels in lists.items()}


def _options(locale: Locale, words: Mapping[Any, plan_words.Word]) -> list[tuple[str, str]]:
    return [(kind.value, locale.text(word.name)) for kind, word in words.items()]
