"""Which batches of PDFs does a company have in tests? One of each state, all of mona's, of January."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import PdfBatchItem, Period
from app.rules.issuing import PdfState
from app.rules.vocabulary import Language
from app.services import pdf_batches
from app.services.pdf_choice import Wanted
from tests.cast import Cast, actor_of


@dataclass(frozen=True, slots=True)
class Batches:
    """The ids."""

    running: int
    stopped: int
    failed: int
    ready: int


def make_batches(session: Session, cast: Cast, january: Period) -> Batches:
    """Somebody's published January in four batches."""
    mona = actor_of(cast.mona)
    ids = [pdf_batches.start(session, mona, january, Wanted(), Language.INDONESIAN).id for _ in range(4)]
    made = Batches(*ids)
    pdf_batches.cancel(session, mona, made.stopped)
    for batch_id, state, fault in ((made.failed, PdfState.FAILED, "timed_out"), (made.ready, PdfState.READY, "")):
        for item in session.scalars(select(PdfBatchItem).where(PdfBatchItem.batch_id == batch_id)):
            item.state, item.fault = state, fault
    session.flush()
    return made
