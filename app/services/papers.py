"""How is a plan or a report handed out as a PDF? Made and sealed outside every transaction, then put on record."""

from dataclasses import dataclass, replace

from app.access import Actor
from app.database import Sessions, transaction
from app.documents.pdf_process import RenderFailed, render_pdf
from app.documents.seals import sealed
from app.errors import Unavailable
from app.sealing import seal_of
from app.services import audit
from app.services.issued import digest_of
from app.services.organisation import settings_of


@dataclass(frozen=True, slots=True)
class Paper:
    """A print page that its reader may have, the name of its file, and what is put on record of handing it out."""

    page: str
    file_name: str
    act: audit.Act


def hand_out(sessions: Sessions, actor: Actor, paper: Paper) -> bytes:
    """The PDF; who got which bytes is on record before it leaves."""
    with transaction(sessions, writes=False) as session:
        seal = seal_of(settings_of(session))
    try:
        content = sealed(render_pdf(paper.page), seal)
    except RenderFailed as failed:
        raise Unavailable("pdf_failed", {"reason": failed.code}) from failed
    act = replace(paper.act, details={**paper.act.details, "digest": digest_of(content)})
    with transaction(sessions) as session:
        audit.record_many(session, [act], actor_id=actor.person_id)
    return content
