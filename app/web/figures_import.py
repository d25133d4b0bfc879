"""The pages on which a team's figures go out as a spreadsheet and come back filled in."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.downloads import as_file
from app.errors import Conflict, NotFound
from app.i18n import mark
from app.messages import fault_text
from app.routing import Actor, CurrentActor, DbSession, Needs, make_router, settings_of
from app.rules.vocabulary import Action
from app.security import sign, unsign
from app.services import figures_import, uploads
from app.services.actuals_grid import GridFilter
from app.services.entry_books import form_of
from app.services.figures_import import XLSX_TYPE, FigureChange
from app.web.entry_fields import figure_words, slot_name, target_of, texts_of
from app.web.entry_saving import address, cycle_of, period_in
from app.web.forms import Form, Query, SentForm
from app.web.people_import import MOST_SHOWN, plain_name
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.ENTRY_READ))]
_WRITE: Final = [Depends(Needs(Action.ENTRY_WRITE))]
_PURPOSE: Final = "figures-import"
_PATH: Final = "/entries/file"
_COLUMNS: Final = {"key": mark("Key"), "on": mark("For"), "new": mark("New figure")}


@router.get("/entries/file.xlsx", dependencies=_READ)
def figures_file(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """The figures of the team and period that the grid shows."""
    cycle = cycle_of(session, actor, query)
    period = period_in(cycle, query, actor) if cycle else None
    wanted = GridFilter(
        search=query.text("q", required=False),
        unit_id=query.whole("unit", required=False, minimum=1, maximum=10**15),
        manager=query.text("manager", required=False),
    )
    locale = request.state.locale
    figures_import.note_reading(session)
    if period is None:
        raise NotFound
    words = (target_of, texts_of)
    content = figures_import.figures_file(session, actor, period=period, wanted=wanted, locale=locale, words=words)
    name = locale.text(mark("figures-%(period)s.xlsx"), period=period.code)
    return as_file(content, name, XLSX_TYPE)


@router.get("/entries/file", dependencies=_READ)
def file_page(request: Request, session: DbSession, query: Query) -> Response:
    """The file to download, and the form to send it."""
    figures_import.note_reading(session)
    return _file_page(request, Form(request.state.locale), query)


@router.post("/entries/file", dependencies=_WRITE)
def send(request: Request, session: DbSession, actor: CurrentActor, query: Query, form: SentForm) -> Response:
    """The file kept, and on to the look at it."""
    file = form.file("file")
    content = file.file.read() if file else b""
    figures_import.note_writing(session)
    form.attempt(session, lambda: figures_import.check_file(session, content))
    if not form.is_valid or file is None:
        return _file_page(request, form, query)
    settings = settings_of(request)
    message = [actor.person_id, uploads.keep(settings.data_dir, content), plain_name(file.filename)]
    return redirect(request, f"{_PATH}/preview?" + urlencode({"upload": sign(settings.secret, _PURPOSE, message)}))


@router.get("/entries/file/preview", dependencies=_READ)
def preview_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """What the file would change, and everything that stands against it."""
    figures_import.note_reading(session)
    return _preview(request, session, actor, query.value("upload"))


@router.post("/entries/file/preview", dependencies=_WRITE)
def take(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """All of the file taken; or the look at it again, where something has come in between."""
    figures_import.note_writing(session)
    signed = form.value("upload")
    name, _ = _upload(request, actor, signed)
    data_dir = settings_of(request).data_dir
    content, locale = uploads.fetch(data_dir, name), request.state.locale
    done = form.attempt(session, lambda: figures_import.take_file(session, actor, content=content, locale=locale))
    if done is None:
        return _preview(request, session, actor, signed, HTTPStatus.BAD_REQUEST)
    uploads.forget(data_dir, name)
    counts = {"saved": locale.number(len(done.changes)), "same": locale.number(done.unchanged)}
    message = mark("The file is taken: %(saved)s figures recorded, %(same)s as before.")
    return redirect(request, "/entries", message, **counts)


@router.post("/entries/file/discard", dependencies=_WRITE)
def discard(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """The file thrown away."""
    figures_import.note_writing(session)
    name, _ = _upload(request, actor, form.value("upload"))
    uploads.forget(settings_of(request).data_dir, name)
    return redirect(request, _PATH, mark("The file is thrown away. Nothing was changed."), kind="info")


def _file_page(request: Request, form: Form, query: Form) -> Response:
    status = HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST
    download = address(f"{_PATH}.xlsx", query, view="", page="", on="")
    return page(request, "actuals/file.html", status, form=form, download=download, back=address("/entries", query))


def _preview(request: Request, session: DbSession, actor: Actor, signed: str, status: int = HTTPStatus.OK) -> Response:
    name, file_name = _upload(request, actor, signed)
    locale = request.state.locale
    content = uploads.fetch(settings_of(request).data_dir, name)
    found = figures_import.read_file(session, actor, content=content, locale=locale)

    def words(change: FigureChange) -> dict[str, Any]:
        form = form_of(change.book.kpi)
        return {
            "line": change.line,
            "person": change.book.plan.person,
            "kpi": change.book.kpi.name,
            "slot": slot_name(change.book.kpi.frequency, change.span.on, locale),
            "old": figure_words(form, change.old, locale) if change.old else "",
            "new": figure_words(form, change.new, locale),
        }

    return page(
        request,
        "actuals/file_preview.html",
        status,
        faults=[
            (each.line, locale.text(_COLUMNS[each.fault.at]), fault_text(each.fault, locale))
            for each in found.faults[:MOST_SHOWN]
        ],
        file_name=file_name,
        found=found,
        import_path=_PATH,
        more_faults=max(0, len(found.faults) - MOST_SHOWN),
        more_rows=max(0, len(found.changes) - MOST_SHOWN),
        rows=[words(change) for change in found.changes[:MOST_SHOWN]],
        upload=signed,
    )


def _upload(request: Request, actor: Actor, signed: str) -> tuple[str, str]:
    """The name of the kept file and the one that it was sent under, for whoever sent it."""
    message = unsign(settings_of(request).secret, _PURPOSE, signed)
    if message is None or message[0] != actor.person_id:
        raise Conflict("upload_gone")
    return message[1], message[2]
