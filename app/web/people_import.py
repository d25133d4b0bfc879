"""The pages on which people come in from a file: sending it, looking at what it would change, confirming."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.downloads import as_file
from app.errors import Conflict
from app.i18n import mark
from app.messages import fault_text
from app.routing import Actor, CurrentActor, DbSession, Needs, make_router, settings_of
from app.rules.vocabulary import Action
from app.security import sign, unsign
from app.services import people_import, uploads
from app.services.people_import import HEADINGS, XLSX_TYPE, ImportPreview, Kind
from app.settings import Settings
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect

router = make_router()
_IMPORT: Final = [Depends(Needs(Action.PERSON_IMPORT))]
_PURPOSE: Final = "people-import"
MOST_SHOWN: Final = 200
"""Rows and faults that a preview shows; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent and waits to be confirmed."""

    name: str
    file_name: str
    day: date

    def signed(self, settings: Settings, actor: Actor) -> str:
        """The upload as part of an address that only the person who sent the file can use."""
        message = [actor.person_id, self.name, self.file_name, self.day.isoformat()]
        return sign(settings.secret, _PURPOSE, message)


def _upload_of(request: Request, actor: Actor, signed: str) -> Upload:
    message = unsign(settings_of(request).secret, _PURPOSE, signed)
    if message is None or message[0] != actor.person_id:
        raise Conflict("upload_gone")
    _, name, file_name, day = message
    return Upload(name, file_name, date.fromisoformat(day))


@router.get("/people/template.xlsx", dependencies=_IMPORT)
def template_file(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The file to fill in, in the reader's language."""
    locale = request.state.locale
    content = people_import.people_template(session, actor, locale=locale)
    name = locale.text(mark("people.xlsx"))
    return as_file(content, name, XLSX_TYPE)


@router.get("/people/import", dependencies=_IMPORT)
def import_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The form for the file."""
    people_import.check_may_import(session, actor)
    return _import_page(request, Form.showing(request.state.locale, day=actor.today))


@router.post("/people/import", dependencies=_IMPORT)
def send(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """The file kept, and on to the look at it."""
    people_import.check_may_import(session, actor)
    file, day = form.file("file"), form.date("day", required=False) or actor.today
    content = file.file.read() if file else b""
    form.attempt(session, lambda: people_import.check_file(content))
    if not form.is_valid or file is None:
        return _import_page(request, form, plain_name(file.filename) if file else "")
    settings = settings_of(request)
    upload = Upload(uploads.keep(settings.data_dir, content), plain_name(file.filename), day)
    return redirect(request, "/people/import/preview?" + urlencode({"upload": upload.signed(settings, actor)}))


@router.get("/people/import/preview", dependencies=_IMPORT)
def preview_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """What the file would change, and everything that stands against it."""
    return _preview(request, session, actor, query.value("upload"))


@router.post("/people/import/preview", dependencies=_IMPORT)
def confirm(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """All of the file taken; or the look at it again, where something has come in between."""
    people_import.check_may_import(session, actor)
    signed = form.value("upload")
    upload = _upload_of(request, actor, signed)
    data_dir = settings_of(request).data_dir
    content = uploads.fetch(data_dir, upload.name)
    result = form.attempt(
        session,
        lambda: people_import.run_import(session, actor, content=content, file_name=upload.file_name, day=upload.day),
    )
    if result is None:
        return _preview(request, session, actor, signed, HTTPStatus.BAD_REQUEST)
    uploads.forget(data_dir, upload.name)
    locale = request.state.locale
    counts = {name: locale.number(getattr(result, name)) for name in ("entered", "changed", "unchanged")}
    message = mark("The import is done: %(entered)s entered, %(changed)s changed, %(unchanged)s as before.")
    return redirect(request, "/people", message, **counts)


@router.post("/people/import/discard", dependencies=_IMPORT)
def discard(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """The file thrown away."""
    people_import.check_may_import(session, actor)
    upload = _upload_of(request, actor, form.value("upload"))
    uploads.forget(settings_of(request).data_dir, upload.name)
    return redirect(request, "/people/import", mark("The file is thrown away. Nothing was changed."), kind="info")


def _import_page(request: Request, form: Form, file_name: str = "") -> Response:
    status = HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST
    return page(request, "people/import.html", status, form=form, file_name=file_name)


def _preview(request: Request, session: DbSession, actor: Actor, signed: str, status: int = HTTPStatus.OK) -> Response:
    upload = _upload_of(request, actor, signed)
    content = uploads.fetch(settings_of(request).data_dir, upload.name)
    preview = people_import.read_import(session, actor, content=content, file_name=upload.file_name, day=upload.day)
    return page(request, "people/preview.html", status, preview=preview, upload=signed, **_shown(request, preview))


def _shown(request: Request, preview: ImportPreview) -> dict[str, Any]:
    locale = request.state.locale
    rows = [planned for planned in preview.rows if planned.kind is not Kind.SAME]
    return {
        "faulty": {found.line for found in preview.faults},
        "headings": {**HEADINGS, "manager": mark("Manager")},
        "import_path": "/people/import",
        "more_faults": max(0, len(preview.faults) - MOST_SHOWN),
        "more_rows": max(0, len(rows) - MOST_SHOWN),
        "rows": rows[:MOST_SHOWN],
        "faults": [
            (found.line, locale.text(HEADINGS[found.fault.at]), fault_text(found.fault, locale))
            for found in preview.faults[:MOST_SHOWN]
        ],
    }


def plain_name(name: str | None) -> str:
    """The file's name without folders and without signs that nothing can show; it is only ever shown."""
    plain = Path((name or "").replace("\\", "/")).name
    return "".join(sign for sign in plain if sign.isprintable())[:100]
