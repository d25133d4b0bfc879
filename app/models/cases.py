"""What is stored about a result after it is out: receipts, appeals, requests that need two people, other appraisers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.appraisals import Appraisal, PublishedScorecard
from app.models.base import Base, words
from app.models.cycles import Period
from app.models.people import Person
from app.rules.vocabulary import AppealOutcome, CaseKind


class Acknowledgement(Base):
    """The employee has received a version of a scorecard; this says nothing about agreement."""

    __tablename__ = "acknowledgement"

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("published_scorecard.id"), unique=True)
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(200))
    """The employee's name as it was on that day."""
    comment: Mapped[str] = mapped_column(Text, default="")

    scorecard: Mapped[PublishedScorecard] = relationship()


class Appeal(Base):
    """The employee's objection to a published scorecard, one for an appraisal, and what was decided about it."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", name="outcome_when_decided"),
    )

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"), unique=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("published_scorecard.id"), index=True)
    """The version that the employee objects to."""
    raised_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    outcome: Mapped[AppealOutcome | None] = mapped_column(words(AppealOutcome))
    answer: Mapped[str] = mapped_column(Text, default="")
    """The reasons of the decision, to the employee."""
    version: Mapped[int] = mapped_column(default=1)

    appraisal: Mapped[Appraisal] = relationship()
    scorecard: Mapped[PublishedScorecard] = relationship()
    decided_by: Mapped[Person | None] = relationship()
    points: Mapped[list["AppealPoint"]] = relationship(order_by="AppealPoint.id", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class AppealPoint(Base):
    """What an appeal says about one KPI."""

    __tablename__ = "appeal_point"
    __table_args__ = (UniqueConstraint("appeal_id", "kpi_code"),)

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    kpi_code: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)


class CaseRequest(Base):
    """A step in one person's appraisal that one asks for with a reason and another one confirms or declines."""

    __tablename__ = "case_request"
    __table_args__ = (
        CheckConstraint("decided_by_id <> asked_by_id", name="two_people"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(decided_at IS NULL) = (is_accepted IS NULL)", name="answer_when_decided"),
        Index("ix_case_request_appraisal", "appraisal_id", "kind"),
    )

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    kind: Mapped[CaseKind] = mapped_column(words(CaseKind))
    kpi_code: Mapped[str] = mapped_column(String(40), default="")
    """The KPI that is to be left out; empty where the request is about the whole appraisal."""
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    is_accepted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    appraisal: Mapped[Appraisal] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class AppraiserAssignment(Base):
    """Somebody who appraises a person for a period in the manager's place, with a manager's rights until a day."""

    __tablename__ = "appraiser_assignment"
    __table_args__ = (
        UniqueConstraint("person_id", "period_id"),
        CheckConstraint("appraiser_id <> person_id", name="somebody_else"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        Index("ix_appraiser_assignment_appraiser", "appraiser_id", "ends_on"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    appraiser_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The last day on which the appraiser has a manager's rights over this person's case."""
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    period: Mapped[Period] = relationship()
    appraiser: Mapped[Person] = relationship(foreign_keys=appraiser_id)


class SecondPerson(Base):
    """Somebody who decides about a person's appraisals as the manager's manager would, where there is none."""

    __tablename__ = "second_person"
    __table_args__ = (
        CheckConstraint("deputy_id <> person_id", name="somebody_else"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        Index("ix_second_person_deputy", "deputy_id", "ends_on"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The last day on which the deputy stands above this person."""
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    deputy: Mapped[Person] = relationship(foreign_keys=deputy_id)
    by: Mapped[Person] = relationship(foreign_keys=by_id)
