"""What is thrown away when its time is over: sessions, links, keys and counts of sign-in, uploads that nobody took?"""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, or_, select

from app import clock
from app.database import Sessions, transaction
from app.models import IdempotencyKey, Mail, Notice, OneTimeLink, PdfBatch, SignInFailure, WebSession
from app.rules.noticing import MailState
from app.services import uploads
from app.settings import Settings

KEYS_KEPT: Final = timedelta(days=7)
"""Longer than any answer is given again."""
LINKS_KEPT: Final = timedelta(days=30)
"""After they have run out, so that for a while the reason can be told."""
MAILS_KEPT: Final = timedelta(days=180)
BATCHES_KEPT: Final = timedelta(days=90)
"""Who asked for which PDFs, and how that went, with the notices that lead there; the PDFs themselves stay."""


def forget_expired(sessions: Sessions, settings: Settings) -> int:
    """Throw away what nobody can use any more; how many rows that were. Nothing here is a record of work."""
    now = clock.now()
    longest_idle = timedelta(minutes=max(settings.session_idle_minutes, settings.session_idle_minutes_hr))
    over = or_(
        WebSession.created_at < now - timedelta(hours=settings.session_hours), WebSession.seen_at < now - longest_idle
    )
    old_batch = PdfBatch.started_at < now - BATCHES_KEPT
    with transaction(sessions) as session:
        gone = [
            session.scalars(delete(WebSession).where(over).returning(WebSession.id)).all(),
            session.scalars(
                delete(OneTimeLink).where(OneTimeLink.expires_at < now - LINKS_KEPT).returning(OneTimeLink.id)
            ).all(),
            session.scalars(
                delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEYS_KEPT).returning(IdempotencyKey.id)
            ).all(),
            session.scalars(
                delete(SignInFailure).where(SignInFailure.at < now - timedelta(days=1)).returning(SignInFailure.id)
            ).all(),
            session.scalars(
                delete(Mail).where(Mail.state != MailState.WAITING, Mail.made_at < now - MAILS_KEPT).returning(Mail.id)
            ).all(),
            session.scalars(
                delete(Notice)
                .where(Notice.about_kind == "pdf_batch", Notice.about_id.in_(select(PdfBatch.id).where(old_batch)))
                .returning(Notice.id)
            ).all(),
            session.scalars(delete(PdfBatch).where(old_batch).returning(PdfBatch.id)).all(),
        ]
    uploads.forget_old(settings.data_dir)
    return sum(len(each) for each in gone)
