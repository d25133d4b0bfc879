"""How do published scorecards become PDFs that are kept, many in a row, so that a broken one stops no other?"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions, transaction
from app.documents.scorecard_pdf import RenderFailed
from app.models import Appraisal, Period, PublishedScorecard
from app.rules.vocabulary import Language
from app.services import audit, issued
from app.services.branding import branding_of
from app.services.issued import PdfFile
from app.services.organisation import settings_of
from app.services.scorecards import scorecard_of

NOT_STORED: Final = "not_stored"
"""The reason where the disk refuses a PDF; the engine has its own (`RenderFailed`)."""
UNREADABLE: Final = "unreadable"
"""The reason where the scorecard itself, not its page, is what cannot be used."""
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """A scorecard with its PDF, or with a word for the reason why there is none."""

    scorecard_id: int
    pdf: PdfFile | None
    reason: str = ""


def make_all(sessions: Sessions, scorecard_ids: Sequence[int], language: Language) -> Iterator[Made]:
    """The PDFs in the order asked for: stored copies as they are, the others made outside every transaction.

    Whoever asks puts them on record by `enter_all`, or by `hand_out` before they leave.
    """
    with transaction(sessions, writes=False) as session:
        stored = issued.stored_copies(session, scorecard_ids, language)
    for scorecard_id in scorecard_ids:
        content = stored.pop(scorecard_id, None)
        yield _new(sessions, scorecard_id, language) if content is None else Made(scorecard_id, _kept(content))


def enter_all(session: Session, every: Sequence[Made], language: Language) -> None:
    """Put those that are new on record as issued."""
    for made in sorted(every, key=lambda each: each.scorecard_id):  # in one order, so that no two lock each other out
        if made.pdf is not None and made.pdf.is_rendered:
            issued.enter(session, made.scorecard_id, language, made.pdf)


def hand_out(session: Session, every: Sequence[Made], language: Language, *, actor_id: int | None) -> None:
    """Put on record that these PDFs are issued, and that the actor, or whoever runs the service, takes them."""
    enter_all(session, every, language)
    pdfs = {made.scorecard_id: made.pdf for made in every if made.pdf is not None}
    taken = session.execute(
        select(PublishedScorecard.id, Appraisal.person_id, Period.code)
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .join(Period, Appraisal.period_id == Period.id)
        .where(PublishedScorecard.id.in_(pdfs))
        .order_by(PublishedScorecard.id)
    )
    acts = [issued.download_act(row.id, row.person_id, row.code, language, pdfs[row.id]) for row in taken]
    audit.record_many(session, acts, actor_id=actor_id)


def _kept(content: bytes) -> PdfFile:
    return PdfFile(content, "", issued.digest_of(content), is_rendered=False)


def _new(sessions: Sessions, scorecard_id: int, language: Language) -> Made:
    try:
        with transaction(sessions, writes=False) as session:
            published = session.get_one(PublishedScorecard, scorecard_id)
            card, look = scorecard_of(published), branding_of(session, published)
            settings = settings_of(session)
        pdf = issued.make(settings, card, language, look, in_batch=True)
    except RenderFailed as failed:
        return Made(scorecard_id, None, failed.code)
    except OSError:
        _log.exception("the PDF of the published scorecard %s could not be stored", scorecard_id)
        return Made(scorecard_id, None, NOT_STORED)
    except Exception:  # noqa: BLE001 - whatever is wrong with one scorecard must not stop the others
        _log.exception("the PDF of the published scorecard %s could not be made", scorecard_id)
        return Made(scorecard_id, None, UNREADABLE)
    return Made(scorecard_id, pdf)
