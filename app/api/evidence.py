"""How do other systems add and fetch the files behind entries?"""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from pydantic import ConfigDict, Field

from app.api.exchange import ApiRoute
from app.api.operations import WRITES, Responses, refusals
from app.api.schemas import Page, PersonName
from app.api.wire import CLEAN, LINES, ON, Sent, Shown
from app.downloads import as_file
from app.errors import Invalid
from app.models import EvidenceFile as Row
from app.routing import CurrentActor, DbSession, Needs, RowId, reading
from app.rules.faults import Fault
from app.rules.vocabulary import Action, EvidenceKind
from app.services import evidence
from app.services.evidence import SentFile

router = APIRouter(route_class=ApiRoute, tags=["entries"])
_READ: Final = [Depends(Needs(Action.ENTRY_READ))]
_WRITE: Final = [Depends(Needs(Action.ENTRY_WRITE))]
_On = Annotated[
    str, Path(min_length=4, max_length=10, pattern=ON, description="Day, month, quarter, half-year or year.")
]
_Reason = Annotated[str, Query(min_length=1, max_length=2_000, pattern=LINES, description="Why; it stays on record.")]
_FILE: Final[Responses] = {
    200: {
        "description": "The content, as it is kept.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class EvidenceSent(Sent):
    """A file that proves an entry."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "attendance-2026-03.csv", "content": "ZGF0ZTtob3Vycw0K"}]}
    )

    name: Annotated[str, Field(min_length=1, max_length=255, pattern=CLEAN)]
    content: Annotated[str, Field(min_length=4, max_length=28_000_000, pattern=r"^[A-Za-z0-9+/]+={0,2}$")] = Field(
        description="Base64. A PDF, PNG, JPEG, XLSX, DOCX, CSV or text file; what it is the content says."
    )


class EvidenceFile(Shown):
    """A file behind an entry."""

    id: int
    name: str
    kind: EvidenceKind
    size: int
    digest: str = Field(description="SHA-256 of the content as it is kept; images are kept without metadata.")
    uploaded_at: datetime
    uploaded_by: PersonName


@router.get(
    "/kpis/{kpi_id}/entries/{on}/evidence",
    operation_id="list_evidence",
    summary="List the evidence files of an entry",
    dependencies=_READ,
    responses=refusals(404),
)
def list_evidence(session: DbSession, actor: CurrentActor, kpi_id: RowId, on: _On) -> Page[EvidenceFile]:
    """The files in the order in which they came."""
    items = [_shown(file) for file in evidence.get_evidence(session, actor, kpi_id=kpi_id, on=on)]
    return Page(items=items, total=len(items))


@router.post(
    "/kpis/{kpi_id}/entries/{on}/evidence",
    operation_id="add_evidence",
    summary="Add an evidence file to an entry",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses=refusals(*WRITES),
)
def add_evidence(session: DbSession, actor: CurrentActor, kpi_id: RowId, on: _On, sent: EvidenceSent) -> EvidenceFile:
    """By whoever may record the entry. The entry gets a new version and has to be verified anew."""
    try:
        content = base64.b64decode(sent.content, validate=True)
    except (binascii.Error, ValueError) as unreadable:
        raise Invalid([Fault("content", "unreadable")]) from unreadable
    [file] = evidence.add_evidence(session, actor, kpi_id=kpi_id, on=on, files=[SentFile(sent.name, content)])
    return _shown(file)


@router.get(
    "/evidence/{file_id}",
    operation_id="get_evidence",
    summary="Download an evidence file",
    dependencies=_READ,
    response_class=Response,
    responses={**refusals(404, 409), **_FILE},
)
def get_evidence(request: Request, actor: CurrentActor, file_id: RowId) -> Response:
    """The content; the download is put on record."""
    with reading(request) as session:
        file = evidence.read_file(session, actor, file_id=file_id)
    evidence.note_download(request.app.state.sessions, actor, file)
    return as_file(file.content, file.name, "application/octet-stream")


@router.delete(
    "/evidence/{file_id}",
    operation_id="remove_evidence",
    summary="Remove an evidence file",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses=refusals(400, 403, 404, 409),
)
def remove_evidence(session: DbSession, actor: CurrentActor, file_id: RowId, reason: _Reason) -> None:
    """The content is deleted; name, check value and reason stay in the audit."""
    evidence.remove_evidence(session, actor, file_id=file_id, reason=reason)


def _shown(file: Row) -> EvidenceFile:
    return EvidenceFile.model_validate(file)
