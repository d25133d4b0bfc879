"""What is stored about reviews: self-assessment, scoring, behaviours, feedback, adjustments and the steps taken."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Hundredths, words
from app.models.people import Person
from app.rules.vocabulary import AdjustmentKind, FeedbackState


class Adjustment(Base):
    """A total set beside the computed one, with its reason; a later row of its kind supersedes it, none is changed."""

    __tablename__ = "adjustment"

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AdjustmentKind] = mapped_column(words(AdjustmentKind))
    total: Mapped[Decimal | None] = mapped_column(Hundredths)
    """None withdraws what was set before."""
    computed_total: Mapped[Decimal] = mapped_column(Hundredths)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()


class AppraisalStep(Base):
    """A step that was taken with an appraisal: who, when, and with which words."""

    __tablename__ = "appraisal_step"

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()


class SelfAssessment(Base):
    """How an employee sees the period; the manager reads it after it is handed in."""

    __tablename__ = "self_assessment"

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id", ondelete="CASCADE"), unique=True)
    words: Mapped[str] = mapped_column(Text, default="")
    handed_in_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    kpis: Mapped[list["SelfAssessmentKpi"]] = relationship(
        order_by="SelfAssessmentKpi.kpi_code", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class SelfAssessmentKpi(Base):
    """The employee's words and own figure on one KPI, by its code: a later version of the plan keeps it."""

    __tablename__ = "self_assessment_kpi"
    __table_args__ = (UniqueConstraint("self_assessment_id", "kpi_code"),)

    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id", ondelete="CASCADE"))
    kpi_code: Mapped[str] = mapped_column(String(40))
    achievement: Mapped[Decimal | None] = mapped_column(Hundredths)
    words: Mapped[str] = mapped_column(Text, default="")


class KpiComment(Base):
    """The appraiser's words on one KPI in one period."""

    __tablename__ = "kpi_comment"
    __table_args__ = (UniqueConstraint("appraisal_id", "kpi_code"),)

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id", ondelete="CASCADE"))
    kpi_code: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)


class Behaviour(Base):
    """A behaviour that people are rated on in a cycle."""

    __tablename__ = "behaviour"
    __table_args__ = (UniqueConstraint("cycle_id", "place"),)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id", ondelete="CASCADE"))
    place: Mapped[int]
    name_en: Mapped[str] = mapped_column(String(100))
    name_id: Mapped[str] = mapped_column(String(100))

    levels: Mapped[list["BehaviourLevel"]] = relationship(order_by="BehaviourLevel.level", cascade="all, delete-orphan")


class BehaviourLevel(Base):
    """What a level of a behaviour looks like: the anchor that raters hold on to."""

    __tablename__ = "behaviour_level"
    __table_args__ = (
        UniqueConstraint("behaviour_id", "level"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level_known"),
    )

    behaviour_id: Mapped[int] = mapped_column(ForeignKey("behaviour.id", ondelete="CASCADE"))
    level: Mapped[int]
    anchor_en: Mapped[str] = mapped_column(String(500))
    anchor_id: Mapped[str] = mapped_column(String(500))


class BehaviourRating(Base):
    """The level that the appraiser saw, with a note."""

    __tablename__ = "behaviour_rating"
    __table_args__ = (
        UniqueConstraint("appraisal_id", "behaviour_id"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level_known"),
    )

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id", ondelete="CASCADE"))
    behaviour_id: Mapped[int] = mapped_column(ForeignKey("behaviour.id"), index=True)
    level: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")

    behaviour: Mapped[Behaviour] = relationship()


class FeedbackRequest(Base):
    """A named colleague who is proposed for, or asked for, a word on somebody's work."""

    __tablename__ = "feedback_request"
    __table_args__ = (UniqueConstraint("appraisal_id", "colleague_id"),)

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id", ondelete="CASCADE"))
    colleague_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[FeedbackState] = mapped_column(words(FeedbackState))
    question: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]

    colleague: Mapped[Person] = relationship(foreign_keys=colleague_id)
    asked_by: Mapped[Person] = relationship(foreign_keys=asked_by_id)
    answer: Mapped["FeedbackAnswer | None"] = relationship(cascade="all, delete-orphan")


class FeedbackAnswer(Base):
    """What a colleague answered; given once."""

    __tablename__ = "feedback_answer"

    request_id: Mapped[int] = mapped_column(ForeignKey("feedback_request.id", ondelete="CASCADE"), unique=True)
    strengths: Mapped[str] = mapped_column(Text, default="")
    improvements: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime]
