"""The pages that show scorecards: everybody's for a period, one person's on screen, and its PDF."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.downloads import PDF, as_file
from app.i18n import Locale
from app.messages import error_text, fault_text
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router, reading
from app.rules.faults import Fault
from app.rules.vocabulary import Action, Language
from app.scorecard_view import ScorecardView
from app.services import issued, scorecard_lists, scorecards, units, what_if
from app.services.scorecard_lists import CardFilter, Wanted
from app.services.scorecards import PeriodCard
from app.web import following
from app.web.asked_period import asked_period
from app.web.forms import Form, Query
from app.web.render import page

router = make_router()
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]
PAGE: Final = 50


@router.get("/scorecards", dependencies=_READ)
def list_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """How everybody stands in a period whom the reader may see."""
    asked = asked_period(session, actor, query)
    if asked is None:
        return page(request, "scorecards/no_cycle.html")
    cycle, period, every = asked
    wanted = wanted_of(query)
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    listing = scorecard_lists.list_scorecards(
        session, actor, cycle, period, wanted, offset=(number - 1) * PAGE, limit=PAGE
    )

    def address(**changes: object) -> str:
        parts = {
            "cycle": cycle.code,
            "period": period.code,
            "search": wanted.search,
            "unit": wanted.unit_id,
            "only": wanted.only,
            **changes,
        }
        return "/scorecards?" + urlencode({name: value for name, value in parts.items() if value})

    return page(
        request,
        "scorecards/list.html",
        address=address,
        counts=scorecard_lists.count_scorecards(session, actor, period, wanted),
        cycle=cycle,
        cycles=every,
        is_alone=listing.total == 1 and not is_narrowed(wanted) and listing.items[0].person.id == actor.person_id,
        is_narrowed=is_narrowed(wanted),
        last=max(1, -(-listing.total // PAGE)),
        number=number,
        own_id=actor.person_id,
        period=period,
        query=query,
        rows=listing.items,
        units=[(unit.id, unit.name) for unit in units.units_in_view(session, actor)],
        wanted=wanted,
        why=lambda refusal: error_text(refusal, request.state.locale),
    )


def wanted_of(query: Form) -> Wanted:
    """What a list of scorecards is narrowed to, from an address."""
    return Wanted(
        search=query.text("search", required=False, limit=100),
        unit_id=query.whole("unit", required=False, minimum=1, maximum=2**62),
        only=query.choice("only", CardFilter, required=False),
    )


def is_narrowed(wanted: Wanted) -> bool:
    """Whether a filter is set."""
    return bool(wanted.search or wanted.unit_id or wanted.only)


@router.get("/scorecards/{person_id}/{cycle_code}", dependencies=_READ)
def card_page(request: Request, actor: CurrentActor, person_id: RowId, cycle_code: str, query: Query) -> Response:
    """One person's scorecard: as it was published, or else to date."""
    wished = query.text("period", required=False, limit=10) or None
    with reading(request) as session:
        found = scorecards.period_card(
            session,
            actor,
            person_id=person_id,
            cycle_code=cycle_code,
            period_code=wished,
            is_draft=query.checked("draft"),
        )
        said = following.said_of(session, actor, found)
        response = show_card(request, found, query, Form.showing(request.state.locale), said=said)
    scorecards.note_view(request.app.state.sessions, actor, person_id=person_id, period_id=found.period.id)
    return response


@router.get("/scorecards/{person_id}/{cycle_code}/{period_code}/pdf", dependencies=_READ)
def download(
    request: Request, actor: CurrentActor, person_id: RowId, cycle_code: str, period_code: str, query: Query
) -> Response:
    """The PDF of a published scorecard, in the reader's language or another one."""
    locale: Locale = request.state.locale
    language = query.choice("lang", Language, required=False) or locale.language
    with reading(request) as session:
        published_id = scorecards.published_id(
            session, actor, person_id=person_id, cycle_code=cycle_code, period_code=period_code
        )
    pdf = issued.issue_pdf(request.app.state.sessions, actor, published_id, language)
    return as_file(pdf.content, pdf.file_name, PDF)


@router.get("/scorecards/{person_id}/{cycle_code}/{period_code}/versions/{number}/pdf", dependencies=_READ)
def download_version(
    request: Request,
    actor: CurrentActor,
    person_id: RowId,
    cycle_code: str,
    period_code: str,
    number: RowId,
    query: Query,
) -> Response:
    """The PDF of one version of a published scorecard, also of one that another has replaced."""
    locale: Locale = request.state.locale
    language = query.choice("lang", Language, required=False) or locale.language
    with reading(request) as session:
        published_id = scorecards.published_id(
            session, actor, person_id=person_id, cycle_code=cycle_code, period_code=period_code, version=number
        )
    pdf = issued.issue_pdf(request.app.state.sessions, actor, published_id, language)
    return as_file(pdf.content, issued.name_with_version(pdf.file_name, number), PDF)


def show_card(
    request: Request,
    found: PeriodCard,
    query: Form,
    form: Form,
    status: int = 200,
    *,
    said: Mapping[str, Any] | None = None,
    locking: Form | None = None,
) -> Response:
    """The page of one scorecard; `form` is the one by which it is published, `locking` that by which its PDF is locked.

    `said` comes from `following.said_of`.
    """
    locale: Locale = request.state.locale
    codes = [period.code for period in found.cycle.periods]
    place = codes.index(found.period.code)
    return page(
        request,
        "scorecards/card.html",
        status,
        after=codes[place + 1] if place + 1 < len(codes) else "",
        before=codes[place - 1] if place else "",
        blocking=_texts(locale, found.scored.blocking),
        faults=_texts(locale, [each.refusal.under(each.kpi.code) for each in found.scored.kpis if each.refusal]),
        form=form,
        found=found,
        locking=locking or Form.showing(locale, lang=locale.language),
        is_own=found.person_id == request.state.actor.person_id,
        refusal_text=error_text(found.refusal, locale) if found.refusal else "",
        said=said or following.NOTHING_SAID,
        view=ScorecardView(found.card, locale),
        **following.shown_with(locale, found),
        **_what_if(found, query),
    )


def _texts(locale: Locale, faults: Sequence[Fault]) -> list[tuple[str, str]]:
    """Every KPI's code with what is wrong."""
    return [(fault.at.partition(".")[0], fault_text(fault, locale)) for fault in faults]


def _what_if(found: PeriodCard, query: Form) -> dict[str, Any]:
    """What a better grade would take, while it can still be reached."""
    grades = what_if.better_grades(found.scored) if found.published is None else []
    goal = query.one_of("goal", [band.code for band in grades], required=False) if query.value("goal") else ""
    band = next((band for band in grades if band.code == goal), grades[0] if grades else None)
    return {"goal": band, "grades": grades, "needs": what_if.needs(found.scored, band) if band else []}
