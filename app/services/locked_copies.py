"""Who gets a copy of a published scorecard's PDF that opens with a password alone?

It is made of what a download hands out, and neither it nor its password is kept anywhere.
"""

from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.database import Sessions
from app.documents.locked_pdf import locked
from app.errors import Conflict, Invalid
from app.rules.pdf_password import faults_of
from app.rules.vocabulary import Action, Language
from app.services import issued, issuing_policy, scorecards
from app.services.issued import PdfFile
from app.services.where import Where

_SUFFIXES: Final = {Language.INDONESIAN: "terkunci", Language.ENGLISH: "locked"}


def find(session: Session, actor: Actor, where: Where, version: int | None = None) -> int:
    """Which published scorecard somebody wants a locked copy of, who may have its PDF; where such are offered."""
    require(session, actor, Action.SCORECARD_LOCK, where.person_id)
    published_id = scorecards.published_id(session, actor, version=version, **where._asdict())
    if not issuing_policy.wishes(session).offers_locked:
        raise Conflict("locked_copies_not_offered")
    return published_id


def issue(
    sessions: Sessions, actor: Actor, published_id: int, language: Language, password: str, version: int | None = None
) -> PdfFile:
    """The locked copy; the download is on record with the digest of the PDF that it is a copy of."""
    if faults := faults_of(password):
        raise Invalid(faults)
    pdf = issued.issue_pdf(sessions, actor, published_id, language, is_locked=True)
    name = pdf.file_name if version is None else issued.name_with_version(pdf.file_name, version)
    return replace(
        pdf,
        content=locked(pdf.content, password),
        file_name=f"{name.removesuffix('.pdf')}_{_SUFFIXES[language]}.pdf",
    )
