"""What is stored about how results come in: who records a KPI, evidence files, and the verification of entries."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.appraisals import Entry
from app.models.base import Base, words
from app.models.people import Person
from app.models.planning import Kpi
from app.rules.vocabulary import CheckVerdict, EvidenceKind, RecorderRule


class KpiRecorder(Base):
    """Who records the figures of a KPI beside managers and HR; without a row its source decides."""

    __tablename__ = "kpi_recorder"
    __table_args__ = (
        CheckConstraint("(rule = 'third_party') = (person_id IS NOT NULL)", name="person_of_third_party"),
    )

    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpi.id", ondelete="CASCADE"), unique=True)
    rule: Mapped[RecorderRule] = mapped_column(words(RecorderRule))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """The third party."""

    kpi: Mapped[Kpi] = relationship(back_populates="recorder")
    person: Mapped[Person | None] = relationship()


class EvidenceFile(Base):
    """A file that proves an entry; its content lies in the data folder under its digest."""

    __tablename__ = "evidence_file"
    __table_args__ = (CheckConstraint("size > 0", name="size_above_0"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[EvidenceKind] = mapped_column(words(EvidenceKind))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    entry: Mapped[Entry] = relationship(back_populates="files")
    uploaded_by: Mapped[Person] = relationship()


class EntryCheck(Base):
    """What somebody found who looked an entry over; it counts for the version of the entry that they saw."""

    __tablename__ = "entry_check"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    entry_version: Mapped[int]
    verdict: Mapped[CheckVerdict] = mapped_column(words(CheckVerdict))
    note: Mapped[str] = mapped_column(Text, default="")
    checked_at: Mapped[datetime]
    checked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    entry: Mapped[Entry] = relationship(back_populates="checks")
    checked_by: Mapped[Person] = relationship()
