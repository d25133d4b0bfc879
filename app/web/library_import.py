"""The pages on which the KPI library goes out as a file and comes in from one: template, preview, all or nothing."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.downloads import as_file
from app.errors import Conflict
from app.i18n import mark
from app.messages import fault_text
from app.routing import Actor, CurrentActor, DbSession, Needs, make_router, settings_of
from app.rules.vocabulary import Action
from app.security import sign, unsign
from app.services import library, library_exchange, uploads
from app.services.library_exchange import HEADINGS, RowKind
from app.services.people_import import XLSX_TYPE
from app.settings import Settings
from app.web.forms import Form, Query, SentForm
from app.web.people_import import plain_name
from app.web.render import page, redirect

router = make_router()
_WRITE: Final = [Depends(Needs(Action.LIBRARY_WRITE))]
_PURPOSE: Final = "library-import"
_FORMS: Final = ("xlsx", "csv", "json")
MOST_SHOWN: Final = 200
"""Rows and faults that a preview shows; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent and waits to be confirmed."""

    name: str
    file_name: str

    def signed(self, settings: Settings, actor: Actor) -> str:
        """The upload as part of an address that only the person who sent the file can use."""
        return sign(settings.secret, _PURPOSE, [actor.person_id, self.name, self.file_name])


@router.get("/library/template.xlsx", dependencies=_WRITE)
def template_file(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The file to fill in, in the reader's language."""
    content = library_exchange.import_template(session, actor, locale=request.state.locale)
    return _file(request, content, XLSX_TYPE, "xlsx")


@router.get("/library/export.{form}", dependencies=_WRITE)
def export_file(request: Request, session: DbSession, actor: CurrentActor, form: str) -> Response:
    """The whole library as a file, which comes in again as it went out."""
    chosen = form if form in _FORMS else "xlsx"
    content, kind = library_exchange.exported(session, actor, form=chosen, locale=request.state.locale)
    return _file(request, content, kind, chosen)


@router.get("/library/import", dependencies=_WRITE)
def import_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The form for the file, and the files that go out."""
    library.check_may_write(session, actor)
    return _import_page(request, Form.showing(request.state.locale))


@router.post("/library/import", dependencies=_WRITE)
def send(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """The file kept, and on to the look at it."""
    library.check_may_write(session, actor)
    file = form.file("file")
    content = file.file.read() if file else b""
    form.attempt(session, lambda: library_exchange.check_file(content))
    if not form.is_valid:
        return _import_page(request, form)
    settings = settings_of(request)
    upload = Upload(uploads.keep(settings.data_dir, content), plain_name(file.filename if file else None))
    return redirect(request, "/library/import/preview?" + urlencode({"upload": upload.signed(settings, actor)}))


@router.get("/library/import/preview", dependencies=_WRITE)
def preview_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """What the file would change, and everything that stands against it."""
    return _preview(request, session, actor, query.value("upload"))


@router.post("/library/import/preview", dependencies=_WRITE)
def confirm(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """All of the file taken; or the look at it again, where something has come in between."""
    library.check_may_write(session, actor)
    signed = form.value("upload")
    upload = _upload_of(request, actor, signed)
    data_dir = settings_of(request).data_dir
    content = uploads.fetch(data_dir, upload.name)
    done = form.attempt(
        session,
        lambda: library_exchange.run_import(session, actor, content=content, file_name=upload.file_name),
    )
    if done is None:
        return _preview(request, session, actor, signed, HTTPStatus.BAD_REQUEST)
    uploads.forget(data_dir, upload.name)
    locale = request.state.locale
    counts = {kind.value: locale.number(count) for kind, count in done.counts.items()}
    message = mark("The import is done: %(new)s entered, %(changed)s changed, %(same)s as before.")
    return redirect(request, "/library", message, **counts)


@router.post("/library/import/discard", dependencies=_WRITE)
def discard(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """The file thrown away."""
    library.check_may_write(session, actor)
    upload = _upload_of(request, actor, form.value("upload"))
    uploads.forget(settings_of(request).data_dir, upload.name)
    return redirect(request, "/library/import", mark("The file is thrown away. Nothing was changed."), kind="info")


def _upload_of(request: Request, actor: Actor, signed: str) -> Upload:
    message = unsign(settings_of(request).secret, _PURPOSE, signed)
    if message is None or message[0] != actor.person_id:
        raise Conflict("upload_gone")
    return Upload(message[1], message[2])


def _import_page(request: Request, form: Form) -> Response:
    status = HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST
    return page(request, "library/import.html", status, form=form, forms=_FORMS)


def _preview(request: Request, session: DbSession, actor: Actor, signed: str, status: int = HTTPStatus.OK) -> Response:
    library.check_may_write(session, actor)
    upload = _upload_of(request, actor, signed)
    content = uploads.fetch(settings_of(request).data_dir, upload.name)
    preview = library_exchange.read_import(session, actor, content=content)
    rows = [row for row in preview.rows if row.kind is not RowKind.SAME]
    locale = request.state.locale
    return page(
        request,
        "library/preview.html",
        status,
        preview=preview,
        upload=signed,
        file_name=upload.file_name,
        headings=HEADINGS,
        import_path="/library/import",
        rows=rows[:MOST_SHOWN],
        more_rows=max(0, len(rows) - MOST_SHOWN),
        faults=[
            (line, locale.text(HEADINGS[fault.at]), fault_text(fault, locale))
            for line, fault in preview.faults[:MOST_SHOWN]
        ],
        more_faults=max(0, len(preview.faults) - MOST_SHOWN),
    )


def _file(request: Request, content: bytes, kind: str, ending: str) -> Response:
    name = request.state.locale.text(mark("kpi-library"))
    return as_file(content, f"{name}.{ending}", kind)
