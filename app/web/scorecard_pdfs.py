"""The page from which all published scorecards of a period come as one ZIP of PDFs."""

from typing import Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse

from app.errors import NotFound
from app.models import Cycle, Period
from app.routing import Actor, CurrentActor, DbSession, Needs, make_router, reading
from app.rules.vocabulary import Action, Language
from app.services import cycles, pdf_bundle, scorecard_lists, units
from app.services.pdf_bundle import Wanted
from app.web.forms import Form, Query
from app.web.render import page
from app.web.scorecards import attachment

router = make_router()
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]


@router.get("/scorecards/pdf", dependencies=_READ)
def choose_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """How many scorecards of a period are published, how many PDFs are ready, and the button to get them."""
    found = _period_of(session, actor, query)
    if found is None:
        return page(request, "scorecards/no_cycle.html")
    cycle, period = found
    wanted, language = _wanted(query), _language(request, query)
    parts = {
        "cycle": cycle.code,
        "period": period.code,
        "unit": wanted.unit_id,
        "manager": wanted.manager_id,
        "lang": language.value,
    }
    return page(
        request,
        "scorecards/pdfs.html",
        counts=pdf_bundle.counts(session, actor, period, wanted, language),
        cycle=cycle,
        cycles=cycles.list_cycles(session, actor),
        file_address="/scorecards/pdf.zip?" + urlencode({name: value for name, value in parts.items() if value}),
        is_narrowed=wanted != Wanted(),
        language=language,
        managers=pdf_bundle.managers(session, actor, period),
        period=period,
        query=query,
        units=[(unit.id, unit.name) for unit in units.units_in_view(session, actor)],
    )


@router.get("/scorecards/pdf.zip", dependencies=_READ)
def download_all(request: Request, actor: CurrentActor, query: Query) -> Response:
    """The ZIP, sent while it is made; every PDF in it is put on record as a download."""
    with reading(request) as session:
        found = _period_of(session, actor, query)
    wanted, language = _wanted(query), _language(request, query)
    sessions = request.app.state.sessions
    if found is None:
        raise NotFound
    bundle = pdf_bundle.begin(sessions, actor, found[1], wanted, language)
    headers = {"Content-Disposition": attachment(bundle.file_name), "Cache-Control": "private, no-store"}
    return StreamingResponse(pdf_bundle.stream(sessions, bundle), media_type="application/zip", headers=headers)


def _period_of(session: DbSession, actor: Actor, query: Form) -> tuple[Cycle, Period] | None:
    """What was asked for, or else what is shown where nothing was; None where there is no cycle yet."""
    scorecard_lists.note_reading(session)
    every = cycles.list_cycles(session, actor)
    code = query.one_of("cycle", [cycle.code for cycle in every], required=False)
    chosen = next((cycle for cycle in every if cycle.code == code), None)
    chosen = chosen or cycles.current_cycle(session, actor.today) or (every[0] if every else None)
    if chosen is None:
        return None
    wished = query.one_of("period", [period.code for period in chosen.periods], required=False) or None
    return scorecard_lists.find_period(session, actor, cycle_code=chosen.code, period_code=wished)


def _wanted(query: Form) -> Wanted:
    return Wanted(
        unit_id=query.whole("unit", required=False, minimum=1, maximum=2**62),
        manager_id=query.whole("manager", required=False, minimum=1, maximum=2**62),
    )


def _language(request: Request, query: Form) -> Language:
    own: Language = request.state.locale.language
    return query.choice("lang", Language, required=False) or own
