"""How do other programs get a copy of a published scorecard's PDF that opens with a password alone?"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field, SecretStr, Strict

from app.api.exchange import SecretRoute
from app.api.operations import Responses, refusals
from app.api.where import ONE, At
from app.api.wire import Sent
from app.downloads import PDF, as_file
from app.routing import CurrentActor, Needs, reading
from app.rules import pdf_password
from app.rules.vocabulary import Action, Language
from app.services import locked_copies

router = APIRouter(route_class=SecretRoute, prefix="/scorecards", tags=["scorecards"])
_PDF: Final[Responses] = {
    200: {
        "description": "The copy.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class LockedCopySent(Sent):
    """With which password, in which language (left out: the caller's), of which version (left out: that in force)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"password": "kuda-hijau-tujuh", "lang": "id"}]})

    password: Annotated[
        SecretStr,
        Field(
            description=f"At least {pdf_password.SHORTEST} characters, at most {pdf_password.LONGEST} bytes of UTF-8.",
            json_schema_extra={"minLength": pdf_password.SHORTEST, "maxLength": pdf_password.LONGEST},
        ),
    ]
    lang: Language | None = None
    version: Annotated[int, Strict(), Field(ge=1, le=10**6)] | None = None


@router.post(
    f"/{ONE}/locked-pdf",
    operation_id="lock_scorecard_pdf",
    summary="Download a published scorecard with a password",
    dependencies=[Depends(Needs(Action.SCORECARD_LOCK))],
    response_class=Response,
    responses={**refusals(400, 404, 409, 413, 415, 503), **_PDF},
)
def lock_scorecard_pdf(request: Request, actor: CurrentActor, where: At, sent: LockedCopySent) -> Response:
    """A copy for sending on (AES-256), neither PDF/A nor sealed; where HR offers such copies.

    The download is put on record, the password nowhere; an Idempotency-Key is not heeded, as nothing of this is kept.
    """
    language = sent.lang or request.state.locale.language
    with reading(request) as session:
        published_id = locked_copies.find(session, actor, where, sent.version)
    password = sent.password.get_secret_value()
    pdf = locked_copies.issue(request.app.state.sessions, actor, published_id, language, password, sent.version)
    return as_file(pdf.content, pdf.file_name, PDF)
