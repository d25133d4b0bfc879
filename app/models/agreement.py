"""What is stored about how a plan is agreed: the discussion, proposals and acceptances, across all versions."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, ExactNumber, words
from app.models.cycles import Cycle
from app.models.people import Person
from app.rules.vocabulary import RemarkKind


class PlanRemark(Base):
    """One contribution to the discussion of a plan; append-only.

    It belongs to employee and cycle, not to a version: KPIs keep their code over versions, so that the thread of a KPI
    can be read from the first proposal on, even where a draft was discarded.
    """

    __tablename__ = "plan_remark"
    __table_args__ = (
        Index("ix_plan_remark_person_cycle", "person_id", "cycle_id"),
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority_1_to_5"),
        CheckConstraint("difficulty BETWEEN 1 AND 5", name="difficulty_1_to_5"),
        CheckConstraint("data_credibility BETWEEN 1 AND 5", name="data_credibility_1_to_5"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    version_number: Mapped[int]
    round_number: Mapped[int]
    """How often this version had been proposed by then."""
    kind: Mapped[RemarkKind] = mapped_column(words(RemarkKind), default=RemarkKind.REMARK)
    kpi_code: Mapped[str] = mapped_column(String(40), default="")
    objective_number: Mapped[int | None]
    """The objective that it is about, by the number that it keeps over versions; with neither, the whole plan."""
    about: Mapped[str] = mapped_column(String(300), default="")
    """What the KPI or objective was called."""
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    target: Mapped[Decimal | None] = mapped_column(ExactNumber)
    """Another target that is proposed for the KPI."""
    priority: Mapped[int | None]
    difficulty: Mapped[int | None]
    data_credibility: Mapped[int | None]
    at: Mapped[datetime]

    author: Mapped[Person] = relationship(foreign_keys=author_id)


class PlanAcceptance(Base):
    """That the employee accepted exactly this content at this moment; append-only."""

    __tablename__ = "plan_acceptance"
    __table_args__ = (Index("ix_plan_acceptance_person_cycle", "person_id", "cycle_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    version_number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    """The employee's name as it was."""
    at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the content."""
    content: Mapped[str] = mapped_column(Text)
    """What was accepted, as canonical JSON."""

    person: Mapped[Person] = relationship()
    cycle: Mapped[Cycle] = relationship()
