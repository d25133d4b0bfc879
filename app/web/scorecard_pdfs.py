"""The pages on which PDFs of a period are chosen, prepared in the background, followed, and taken as one ZIP."""

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.downloads import ZIP, as_stream
from app.errors import Invalid, NotFound
from app.i18n import mark
from app.models import Cycle, Period
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router, reading
from app.rules.issuing import FileNames, PdfState, file_name
from app.rules.vocabulary import Action, Language
from app.services import cycles, issuing_policy, pdf_batches, pdf_bundle, pdf_choice, units
from app.services.pdf_bundle import Bundle
from app.services.pdf_choice import Wanted
from app.web.asked_period import asked_period
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]
_ISSUE: Final = [Depends(Needs(Action.SCORECARD_ISSUE))]
_ITEMS: Final = 50
"""PDFs of a batch on one page."""
_BATCHES: Final = 10
"""Batches that are listed."""

FAULTS: Final = {
    "abandoned": mark("the process that made it ended, several times"),
    "ended": mark("the engine ended"),
    "failed": mark("the engine could not set the page"),
    "not_stored": mark("the disk refused the file"),
    "timed_out": mark("the engine took too long"),
    "too_large": mark("its texts are too long for a page"),
    "unavailable": mark("the engine could not be started"),
    "unreadable": mark("what was published cannot be read any more"),
}
"""What keeps a PDF from being made."""
STYLES: Final = {
    FileNames.NUMBER_PERIOD: mark("Employee number and period"),
    FileNames.NUMBER_NAME_PERIOD: mark("Employee number, name and period"),
    FileNames.UNIT_FOLDER: mark("The same, in a folder for each unit"),
}


@router.get("/scorecards/pdf", dependencies=_READ)
def choose_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """How many scorecards of a period are published, how many PDFs are ready, and what can be done about the others."""
    asked = asked_period(session, actor, query)
    if asked is None:
        return page(request, "scorecards/no_cycle.html")
    cycle, period, every = asked
    wanted, language = _wanted(query), _language(request, query)
    wishes = issuing_policy.wishes(session)
    return page(
        request,
        "scorecards/pdfs.html",
        address="/scorecards/pdf.zip?" + urlencode(_asked(cycle, period, wanted, language)),
        asked=_asked(cycle, period, wanted, language),
        batches=pdf_batches.list_batches(session, actor, limit=_BATCHES).items,
        counts=pdf_choice.counts(session, actor, period, wanted, language, Action.SCORECARD_READ),
        cycle=cycle,
        cycles=every,
        is_hr=actor.is_hr,
        is_narrowed=wanted != Wanted(),
        language=language,
        names=Form.showing(request.state.locale, names=wishes.file_names.value, locked=wishes.offers_locked),
        managers=pdf_choice.managers(session, actor, period),
        period=period,
        preparable=pdf_choice.counts(session, actor, period, wanted, language, Action.SCORECARD_ISSUE),
        query=query,
        styles=[
            (style.value, request.state.locale.text(name), _example(style, period)) for style, name in STYLES.items()
        ],
        units=[(unit.id, unit.name) for unit in units.units_in_view(session, actor)],
    )


@router.get("/scorecards/pdf.zip", dependencies=_READ)
def download_all(request: Request, actor: CurrentActor, query: Query) -> Response:
    """The ZIP, sent while it is made; every PDF in it is put on record as a download."""
    with reading(request) as session:
        asked = asked_period(session, actor, query)
    if asked is None:
        raise NotFound
    sessions = request.app.state.sessions
    return _sent(request, pdf_bundle.begin(sessions, actor, asked.period, _wanted(query), _language(request, query)))


@router.post("/pdf-batches", dependencies=_ISSUE)
def start(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """PDFs prepared in the background, as chosen on the page before."""
    asked = asked_period(session, actor, form)
    if asked is None:
        raise NotFound
    wanted, language = _wanted(form), _language(request, form)
    if not form.is_valid:
        raise Invalid(form.faults)
    batch = pdf_batches.start(session, actor, asked.period, wanted, language)
    return redirect(request, f"/pdf-batches/{batch.id}")


@router.get("/pdf-batches/{batch_id}", dependencies=_ISSUE)
def batch_page(request: Request, session: DbSession, actor: CurrentActor, batch_id: RowId, query: Query) -> Response:
    """How far a batch is, person by person."""
    batch = pdf_batches.get_batch(session, actor, batch_id)
    show = query.choice("show", PdfState, required=False)
    number = query.whole("page", required=False, minimum=1, maximum=2**40) or 1
    items = pdf_batches.list_items(session, actor, batch, show, offset=(number - 1) * _ITEMS, limit=_ITEMS)
    return page(
        request,
        "scorecards/batch.html",
        address=lambda wished: (
            f"/pdf-batches/{batch_id}?" + urlencode({"page": wished} | ({"show": show} if show else {}))
        ),
        batch=batch,
        cycle=batch.row.period.cycle,
        faults=FAULTS,
        replaced=pdf_batches.replaced(session, batch),
        items=items,
        last=max(-(-items.total // _ITEMS), 1),
        number=number,
        show=show,
    )


@router.post("/pdf-batches/{batch_id}/cancel", dependencies=_ISSUE)
def cancel(request: Request, session: DbSession, actor: CurrentActor, batch_id: RowId, _form: SentForm) -> Response:
    """Stop after what is in hand."""
    pdf_batches.cancel(session, actor, batch_id)
    return redirect(request, f"/pdf-batches/{batch_id}", mark("Stopped. What is ready stays ready."))


@router.post("/pdf-batches/{batch_id}/resume", dependencies=_ISSUE)
def resume(request: Request, session: DbSession, actor: CurrentActor, batch_id: RowId, _form: SentForm) -> Response:
    """Go on where it was stopped."""
    pdf_batches.resume(session, actor, batch_id)
    return redirect(request, f"/pdf-batches/{batch_id}")


@router.post("/pdf-batches/{batch_id}/retry", dependencies=_ISSUE)
def retry(request: Request, session: DbSession, actor: CurrentActor, batch_id: RowId, _form: SentForm) -> Response:
    """Try again what failed."""
    pdf_batches.retry(session, actor, batch_id)
    return redirect(request, f"/pdf-batches/{batch_id}")


@router.get("/pdf-batches/{batch_id}/pdf.zip", dependencies=_ISSUE)
def download_batch(request: Request, actor: CurrentActor, batch_id: RowId) -> Response:
    """The PDFs of a batch that their reader may have today; every one is put on record as a download."""
    with reading(request) as session:
        pdf_batches.get_batch(session, actor, batch_id)
    return _sent(request, pdf_bundle.begin_batch(request.app.state.sessions, actor, batch_id))


@router.post("/pdf-names", dependencies=[Depends(Needs(Action.CYCLE_WRITE))])
def choose_names(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """How files are named from now on, and whether copies with a password are offered."""
    cycles.check_may_write(session, actor)
    asked, style = asked_period(session, actor, form), form.choice("names", FileNames)
    if style is None or not form.is_valid:
        raise Invalid(form.faults)
    issuing_policy.choose(session, actor, style, offers_locked=form.checked("locked"))
    chosen = "?" + urlencode(_asked(asked.cycle, asked.period, Wanted(), _language(request, form))) if asked else ""
    return redirect(request, f"/scorecards/pdf{chosen}", mark("This holds for all PDFs from now on."))


def _sent(request: Request, bundle: Bundle) -> Response:
    return as_stream(pdf_bundle.stream(request.app.state.sessions, bundle), bundle.file_name, ZIP)


def _asked(cycle: Cycle, period: Period, wanted: Wanted, language: Language) -> dict[str, Any]:
    """What was chosen, as fields of an address or a form."""
    fields = {
        "cycle": cycle.code,
        "period": period.code,
        "unit": wanted.unit_id,
        "manager": wanted.manager_id,
        "lang": language.value,
    }
    return {name: value for name, value in fields.items() if value}


def _example(style: FileNames, period: Period) -> str:
    return file_name(style, number="10423", name="Dewi Ayu", unit="Keuangan", period_code=period.code)


def _wanted(query: Form) -> Wanted:
    return Wanted(
        unit_id=query.whole("unit", required=False, minimum=1, maximum=2**62),
        manager_id=query.whole("manager", required=False, minimum=1, maximum=2**62),
    )


def _language(request: Request, query: Form) -> Language:
    own: Language = request.state.locale.language
    return query.choice("lang", Language, required=False) or own
