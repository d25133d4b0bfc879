"""What is stored about notices: who was told of what, in which mail it went out, what the background work has done."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, words
from app.models.people import Person
from app.rules.noticing import MailState, MailWish, NoticeKind


class Mail(Base):
    """One mail to one person, which holds the notices that had come together; its text is made when it is sent."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_state_next", "state", "next_try_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[MailState] = mapped_column(words(MailState), default=MailState.WAITING)
    made_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """Names the mail in its Message-ID, the same in every attempt."""
    fault: Mapped[str] = mapped_column(String(200), default="")
    """Why the last attempt failed, in the mail server's words."""

    person: Mapped[Person] = relationship()
    notices: Mapped[list["Notice"]] = relationship(back_populates="mail", order_by="Notice.id")


class Notice(Base):
    """One thing that one person was told, once."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "key"),
        Index("ix_notice_person_read", "person_id", "read_at"),
        Index("ix_notice_for_mail", "is_for_mail", "told_at"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind] = mapped_column(words(NoticeKind))
    key: Mapped[str] = mapped_column(String(120))
    """What makes this telling one of its kind, so that nobody is told the same twice."""
    concerns_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    """Whose plan or scorecard it is about; who may not see that person any more gets no link."""
    about_kind: Mapped[str] = mapped_column(String(40), default="")
    about_id: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    values: Mapped[str] = mapped_column(Text, default="{}")
    """What fills the text, as JSON: names, codes and days, never scores or comments."""
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    is_for_mail: Mapped[bool] = mapped_column(default=False)
    """Whether it still waits to be put into a mail."""
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"), index=True)

    mail: Mapped[Mail | None] = relationship(back_populates="notices")


class NoticePreference(Base):
    """How a person wants their notices by mail; without a row as soon as they have come together."""

    __tablename__ = "notice_preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    wish: Mapped[MailWish] = mapped_column(words(MailWish))


class Job(Base):
    """A piece of background work: when it was last done, and until when one process has it to itself."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    begun_on: Mapped[date]
    """The day on which this work was first there; what was due before is let be."""
    done_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    lease: Mapped[str] = mapped_column(String(64), default="")
    """Names the process that has it."""
