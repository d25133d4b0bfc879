"""What is stored between two results: causes and actions, notes on KPIs, development plans, incentive bands."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Hundredths, words
from app.models.cycles import Cycle, Period
from app.models.people import Person
from app.models.planning import Plan
from app.rules.vocabulary import DevelopmentState, NoteKind


class KpiCause(Base):
    """Why a KPI fell behind in a period, and what is done about it until a day; open until somebody says it is done."""

    __tablename__ = "kpi_cause"
    __table_args__ = (Index("ix_kpi_cause_plan_kpi", "plan_id", "kpi_code"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    kpi_code: Mapped[str] = mapped_column(String(40))
    """By its code, which a KPI keeps through all versions of a plan."""
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    cause: Mapped[str] = mapped_column(Text)
    corrective_action: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    plan: Mapped[Plan] = relationship()
    period: Mapped[Period] = relationship()
    recorded_by: Mapped[Person] = relationship(foreign_keys=recorded_by_id)
    done_by: Mapped[Person | None] = relationship(foreign_keys=done_by_id)


class KpiNote(Base):
    """A comment on a KPI or recognition for it, in the order in which they were written."""

    __tablename__ = "kpi_note"
    __table_args__ = (Index("ix_kpi_note_plan_kpi", "plan_id", "kpi_code"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    kpi_code: Mapped[str] = mapped_column(String(40))
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    kind: Mapped[NoteKind] = mapped_column(words(NoteKind))
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]

    plan: Mapped[Plan] = relationship()
    period: Mapped[Period] = relationship()
    author: Mapped[Person] = relationship()


class DevelopmentItem(Base):
    """One thing that an employee sets out to learn or change: gap, action, support, and until when."""

    __tablename__ = "development_item"
    __table_args__ = (Index("ix_development_item_person_state", "person_id", "state"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kpi_code: Mapped[str] = mapped_column(String(40), default="")
    """The KPI that showed the gap, if one did."""
    gap: Mapped[str] = mapped_column(Text)
    development_action: Mapped[str] = mapped_column(Text)
    support: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date]
    state: Mapped[DevelopmentState] = mapped_column(words(DevelopmentState), default=DevelopmentState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    entered_by: Mapped[Person] = relationship(foreign_keys=entered_by_id)
    changed_by: Mapped[Person] = relationship(foreign_keys=changed_by_id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class IncentiveBand(Base):
    """What a total of at least so much may lead to in a cycle; a person decides, nothing follows by itself."""

    __tablename__ = "incentive_band"
    __table_args__ = (
        UniqueConstraint("cycle_id", "lower"),
        CheckConstraint("percent >= 0", name="percent_not_negative"),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id", ondelete="CASCADE"))
    lower: Mapped[Decimal] = mapped_column(Hundredths)
    text: Mapped[str] = mapped_column(String(200))
    percent: Mapped[Decimal | None] = mapped_column(Hundredths)

    cycle: Mapped[Cycle] = relationship()
