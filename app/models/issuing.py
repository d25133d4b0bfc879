"""What is stored about issuing in bulk: how PDFs are wanted, batches of PDFs, and where each PDF of one stands."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.appraisals import PublishedScorecard
from app.models.base import Base, words
from app.models.cycles import Period
from app.models.people import Person, Unit
from app.rules.issuing import FileNames, PdfState
from app.rules.vocabulary import Language


class IssuingPolicy(Base):
    """How the organisation wants its PDFs; one row, and none as long as nobody has chosen."""

    __tablename__ = "issuing_policy"

    file_names: Mapped[FileNames] = mapped_column(words(FileNames))
    offers_locked: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether copies with a password are to be had."""


class PdfBatch(Base):
    """The PDFs of a period that somebody wants prepared: of all, of a unit, or of everybody below a manager."""

    __tablename__ = "pdf_batch"

    started_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime]
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    language: Mapped[Language] = mapped_column(words(Language))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="SET NULL"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_cancelled: Mapped[bool] = mapped_column(default=False)
    served_at: Mapped[datetime]
    """When a process last took some of it: the batch that has waited longest comes first."""

    started_by: Mapped[Person] = relationship(foreign_keys=started_by_id)
    period: Mapped[Period] = relationship()
    unit: Mapped[Unit | None] = relationship()
    manager: Mapped[Person | None] = relationship(foreign_keys=manager_id)


class PdfBatchItem(Base):
    """One PDF of a batch."""

    __tablename__ = "pdf_batch_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "scorecard_id"),
        Index("ix_pdf_batch_item_state", "batch_id", "state"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("pdf_batch.id", ondelete="CASCADE"))
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("published_scorecard.id"), index=True)
    state: Mapped[PdfState] = mapped_column(words(PdfState), default=PdfState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str] = mapped_column(String(64), default="")
    """Names the process that has it in hand."""
    leased_until: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(String(40), default="")
    """Why it could not be made, as a word."""

    batch: Mapped[PdfBatch] = relationship()
    scorecard: Mapped[PublishedScorecard] = relationship()
