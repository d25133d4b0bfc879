"""The files behind figures: handed out to who may read the figure, removed with a reason."""

from typing import Final

from fastapi import Depends, Request, Response

from app.downloads import as_file
from app.i18n import mark
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router, reading
from app.rules.vocabulary import Action
from app.services import evidence
from app.web.forms import SentForm
from app.web.render import redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.ENTRY_READ))]
_WRITE: Final = [Depends(Needs(Action.ENTRY_WRITE))]


@router.get("/evidence/{file_id}", dependencies=_READ)
def download(request: Request, actor: CurrentActor, file_id: RowId) -> Response:
    """The file, to be saved and never shown within our pages; the download goes on record."""
    with reading(request) as session:
        file = evidence.read_file(session, actor, file_id=file_id)
    evidence.note_download(request.app.state.sessions, actor, file)
    return as_file(file.content, file.name, file.media_type)


@router.post("/evidence/{file_id}/removal", dependencies=_WRITE)
def remove(request: Request, session: DbSession, actor: CurrentActor, form: SentForm, file_id: RowId) -> Response:
    """The end of a file as evidence."""
    reason = form.text("reason", limit=evidence.LONGEST_REASON, required=False, lines=True)
    kpi_id = evidence.remove_evidence(session, actor, file_id=file_id, reason=reason)
    return redirect(request, f"/entries/{kpi_id}", mark("The file was removed."))
