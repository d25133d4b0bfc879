"""What is stored about personal data as such: what people ask about theirs, what must be kept, what was erased."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, words
from app.models.people import Person
from app.rules.vocabulary import DataRequestKind


class DataRequest(Base):
    """What a person asks about their own data, with the clock of the law running from then on."""

    __tablename__ = "data_request"
    __table_args__ = (Index("ix_data_request_answered_at", "answered_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[DataRequestKind] = mapped_column(words(DataRequestKind))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """By when an answer is owed."""
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_granted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_id)


class LegalHold(Base):
    """Why somebody's data must be kept for now, whatever the retention says."""

    __tablename__ = "legal_hold"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date | None]
    """The last day of the hold; open while it lasts."""
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    set_by: Mapped[Person] = relationship(foreign_keys=set_by_id)


class Erasure(Base):
    """The erasing of one person's data: asked for by one, done by a second; the row stays when the data is gone."""

    __tablename__ = "erasure"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    erased_at: Mapped[datetime | None]
    erased_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    asked_by: Mapped[Person] = relationship(foreign_keys=asked_by_id)
