"""What is stored about results: entries with source and evidence, appraisals, published scorecards."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, ExactNumber, Hundredths, words
from app.models.cycles import Period
from app.models.people import Person
from app.models.planning import Kpi, Plan
from app.models.reviews import Adjustment
from app.rules.vocabulary import AppraisalState, SourceKind

if TYPE_CHECKING:
    from app.models.recording import EntryCheck, EvidenceFile


class Entry(Base):
    """One recorded figure of a KPI for a span of days, with its source and evidence."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("kpi_id", "on"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        Index("ix_entry_kpi_ends", "kpi_id", "ends_on"),
    )

    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpi.id", ondelete="CASCADE"))
    on: Mapped[str] = mapped_column(String(10))
    """The span that the figure is for: `2026-01-15`, `2026-01`, `2026-Q1`, `2026-H1` or `2026`."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    value: Mapped[Decimal | None] = mapped_column(ExactNumber)
    """The number of a value or growth measure, the level of a rating, 1 or 0 of yes/no."""
    source_kind: Mapped[SourceKind] = mapped_column(words(SourceKind))
    note: Mapped[str] = mapped_column(Text, default="")
    evidence_link: Mapped[str] = mapped_column(String(500), default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changes: Mapped[int] = mapped_column(default=0)
    """How often the figure was changed after it was first recorded."""
    first_recorded_on: Mapped[date | None]
    """The day on which there was a figure for the first time, however often it was changed since."""
    channel: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """The way on which the figure came in, a word of `Channel`; empty where that was not noted yet."""
    version: Mapped[int] = mapped_column(default=1)

    kpi: Mapped[Kpi] = relationship()
    recorded_by: Mapped[Person] = relationship()
    files: Mapped[list["EvidenceFile"]] = relationship(
        back_populates="entry", order_by="EvidenceFile.id", cascade="all, delete-orphan", passive_deletes=True
    )
    checks: Mapped[list["EntryCheck"]] = relationship(
        back_populates="entry", order_by="EntryCheck.id", cascade="all, delete-orphan", passive_deletes=True
    )
    inputs: Mapped[list["EntryInput"]] = relationship(order_by="EntryInput.name", cascade="all, delete-orphan")
    reached: Mapped[list["EntryMilestone"]] = relationship(order_by="EntryMilestone.name", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class EntryInput(Base):
    """The value of one named input of a ratio."""

    __tablename__ = "entry_input"
    __table_args__ = (UniqueConstraint("entry_id", "name"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[Decimal] = mapped_column(ExactNumber)


class EntryMilestone(Base):
    """A milestone that was reached in the entry's span."""

    __tablename__ = "entry_milestone"
    __table_args__ = (UniqueConstraint("entry_id", "name"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))


class Appraisal(Base):
    """One employee, one period: the case that moves through the workflow."""

    __tablename__ = "appraisal"
    __table_args__ = (
        UniqueConstraint("person_id", "period_id"),
        Index("ix_appraisal_period_state", "period_id", "state"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    state: Mapped[AppraisalState] = mapped_column(words(AppraisalState), default=AppraisalState.OPEN)
    comment: Mapped[str] = mapped_column(Text, default="")
    """The appraiser's words to the employee, printed on the scorecard."""
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    period: Mapped[Period] = relationship()
    plan: Mapped[Plan] = relationship()
    scorecards: Mapped[list["PublishedScorecard"]] = relationship(
        back_populates="appraisal", order_by="PublishedScorecard.version_number"
    )
    adjustments: Mapped[list["Adjustment"]] = relationship(order_by="Adjustment.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class PublishedScorecard(Base):
    """What was published, frozen with all its inputs; the database refuses to change or delete it (ADR 0007)."""

    __tablename__ = "published_scorecard"
    __table_args__ = (
        UniqueConstraint("appraisal_id", "version_number"),
        CheckConstraint("(total IS NULL) = (grade IS NULL)", name="grade_with_total"),
    )

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    version_number: Mapped[int] = mapped_column(default=1)
    verification_code: Mapped[str] = mapped_column(String(20), unique=True)
    snapshot: Mapped[str] = mapped_column(Text)
    """The scorecard and its inputs as canonical JSON."""
    snapshot_digest: Mapped[str] = mapped_column(String(64))
    total: Mapped[Decimal | None] = mapped_column(Hundredths)
    grade: Mapped[str | None] = mapped_column(String(40))
    coverage: Mapped[Decimal] = mapped_column(Hundredths)
    published_at: Mapped[datetime]
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    branding_version: Mapped[int | None]
    """The number of the look that was in force; none for that of the house."""

    appraisal: Mapped[Appraisal] = relationship(back_populates="scorecards")
    published_by: Mapped[Person] = relationship()


class IssuedPdf(Base):
    """A PDF that was made from a published scorecard: its bytes are known by their digest."""

    __tablename__ = "issued_pdf"
    __table_args__ = (UniqueConstraint("scorecard_id", "language", "template_version"),)

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("published_scorecard.id"))
    language: Mapped[str] = mapped_column(String(2))
    template_version: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    issued_at: Mapped[datetime]
