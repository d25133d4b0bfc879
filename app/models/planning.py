"""What is stored about plans: library, plan versions, objectives, KPIs with ratings, weights, targets and curves."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.models.base import Base, ExactNumber, Hundredths, words
from app.models.cycles import Cycle, Period
from app.models.goals import ObjectiveGoal
from app.models.objectives import ActionStep
from app.models.people import Person
from app.rules.vocabulary import (
    Aggregation,
    Beyond,
    Frequency,
    MeasureKind,
    Method,
    PlanState,
    SourceKind,
    WeightingMethod,
)

if TYPE_CHECKING:
    from app.models.recording import KpiRecorder


class MeasureColumns:
    """How a KPI is measured: the same columns on the library's definition and on the KPI of a plan."""

    @declared_attr
    def measure(cls) -> Mapped[MeasureKind]:  # noqa: N805 - SQLAlchemy hands over the class
        """What an entry holds."""
        return mapped_column(words(MeasureKind))

    @declared_attr
    def aggregation(cls) -> Mapped[Aggregation | None]:  # noqa: N805 - SQLAlchemy hands over the class
        """How entries become the actual; only for value and rating."""
        return mapped_column(words(Aggregation))

    scale: Mapped[Decimal | None] = mapped_column(ExactNumber)
    """What a ratio is multiplied by, 100 for percent."""

    @declared_attr
    def method(cls) -> Mapped[Method]:  # noqa: N805 - SQLAlchemy hands over the class
        """How target and actual become the achievement."""
        return mapped_column(words(Method))

    @declared_attr
    def frequency(cls) -> Mapped[Frequency]:  # noqa: N805 - SQLAlchemy hands over the class
        """How often an entry is due."""
        return mapped_column(words(Frequency))


class KpiDefinition(MeasureColumns, Base):
    """An entry of the KPI library, to be copied into plans and adapted there."""

    __tablename__ = "kpi_definition"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_en: Mapped[str] = mapped_column(String(200))
    name_id: Mapped[str] = mapped_column(String(200))
    definition_en: Mapped[str] = mapped_column(Text)
    definition_id: Mapped[str] = mapped_column(Text)
    formula_en: Mapped[str] = mapped_column(String(500))
    formula_id: Mapped[str] = mapped_column(String(500))
    unit_of_measure_en: Mapped[str] = mapped_column(String(60))
    unit_of_measure_id: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(60), index=True)
    department: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """Whose KPI it is, such as sales or finance; empty for everybody's."""
    industry: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """The line of business it belongs to; empty for any."""
    numerator_en: Mapped[str] = mapped_column(String(500), default="")
    """Inputs of a ratio's numerator, separated by commas; a leading minus subtracts."""
    numerator_id: Mapped[str] = mapped_column(String(500), default="")
    denominator_en: Mapped[str] = mapped_column(String(500), default="")
    denominator_id: Mapped[str] = mapped_column(String(500), default="")
    is_retired: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Plan(Base):
    """One version of an employee's objectives and KPIs for a cycle, in force from a day on."""

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("person_id", "cycle_id", "version_number"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("version_number >= 1", name="version_number_from_1"),
        Index("ix_plan_cycle_state", "cycle_id", "state"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    version_number: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[PlanState] = mapped_column(words(PlanState), default=PlanState.DRAFT)
    weighting: Mapped[WeightingMethod] = mapped_column(words(WeightingMethod), default=WeightingMethod.COMPUTED)
    agreed_until: Mapped[date | None]
    """The last day that the targets were agreed for, where the plan ends sooner: for a successor, or for leaving."""
    change_reason: Mapped[str] = mapped_column(Text, default="")
    """Why this version takes the place of the one before it."""
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    submitted_by: Mapped[Person | None] = relationship(foreign_keys=submitted_by_id)
    cycle: Mapped[Cycle] = relationship()
    objectives: Mapped[list["Objective"]] = relationship(
        back_populates="plan", order_by="Objective.place", cascade="all, delete-orphan"
    )
    kpis: Mapped[list["Kpi"]] = relationship(back_populates="plan", order_by="Kpi.place", viewonly=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Objective(Base):
    """A result expected of the employee; it has one or two KPIs."""

    __tablename__ = "objective"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int | None]
    """What tells it from others of the employee in this cycle; the same in every version of the plan."""
    success: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What will be different once it is reached."""
    due_on: Mapped[date | None]
    training_needed: Mapped[str] = mapped_column(String(500), default="", server_default="")
    budget_needed: Mapped[str] = mapped_column(String(500), default="", server_default="")
    help_needed: Mapped[str] = mapped_column(String(500), default="", server_default="")

    plan: Mapped[Plan] = relationship(back_populates="objectives")
    goal_link: Mapped[ObjectiveGoal | None] = relationship(cascade="all, delete-orphan")

    @property
    def goal_id(self) -> int | None:
        """The goal that it serves."""
        return self.goal_link.goal_id if self.goal_link else None

    steps: Mapped[list[ActionStep]] = relationship(order_by=ActionStep.place, cascade="all, delete-orphan")
    kpis: Mapped[list["Kpi"]] = relationship(
        back_populates="objective", order_by="Kpi.place", cascade="all, delete-orphan"
    )


class Kpi(MeasureColumns, Base):
    """A measure of an objective, with its ratings, its weight, its target and the way it is scored."""

    __tablename__ = "kpi"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority_1_to_5"),
        CheckConstraint("difficulty BETWEEN 1 AND 5", name="difficulty_1_to_5"),
        CheckConstraint("data_credibility BETWEEN 1 AND 5", name="data_credibility_1_to_5"),
        CheckConstraint("weight >= 0 AND weight <= 10000", name="weight_within_100"),
        CheckConstraint("computed_weight >= 0 AND computed_weight <= 10000", name="computed_weight_within_100"),
        CheckConstraint("levels >= 2 AND levels <= 100", name="levels_2_to_100"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id", ondelete="CASCADE"), index=True)
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("kpi_definition.id"))
    place: Mapped[int]
    """Order within the whole plan: ties of weights go to the earlier KPI."""
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    definition: Mapped[str] = mapped_column(Text, default="")
    unit_of_measure: Mapped[str] = mapped_column(String(60))
    source_kind: Mapped[SourceKind] = mapped_column(words(SourceKind))
    source: Mapped[str] = mapped_column(String(300), default="")
    priority: Mapped[int | None]
    difficulty: Mapped[int | None]
    data_credibility: Mapped[int | None]
    computed_weight: Mapped[Decimal | None] = mapped_column(Hundredths)
    """The weight by the plan's method, kept beside one that was overridden by hand."""
    weight: Mapped[Decimal | None] = mapped_column(Hundredths)
    weight_reason: Mapped[str] = mapped_column(Text, default="")
    weight_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    baseline: Mapped[Decimal | None] = mapped_column(ExactNumber)
    """The value before; the base of a growth measure."""
    target: Mapped[Decimal | None] = mapped_column(ExactNumber)
    low: Mapped[Decimal | None] = mapped_column(ExactNumber)
    high: Mapped[Decimal | None] = mapped_column(ExactNumber)
    levels: Mapped[int | None]
    below: Mapped[Beyond | None] = mapped_column(words(Beyond, "below"))
    above: Mapped[Beyond | None] = mapped_column(words(Beyond, "above"))
    floor: Mapped[Decimal | None] = mapped_column(ExactNumber)
    cap: Mapped[Decimal | None] = mapped_column(ExactNumber)
    is_target_maximum: Mapped[bool] = mapped_column(default=False)
    """The target cannot be surpassed, so whatever reaches it gives the cap."""
    relevance: Mapped[str] = mapped_column(String(500), default="", server_default="")
    """Why it belongs to its objective."""

    plan: Mapped[Plan] = relationship(foreign_keys=plan_id)
    objective: Mapped[Objective] = relationship(back_populates="kpis")
    definition_used: Mapped[KpiDefinition | None] = relationship()
    weight_by: Mapped[Person | None] = relationship()
    recorder: Mapped["KpiRecorder | None"] = relationship(
        back_populates="kpi", cascade="all, delete-orphan", passive_deletes=True
    )
    inputs: Mapped[list["KpiInput"]] = relationship(order_by="KpiInput.place", cascade="all, delete-orphan")
    milestones: Mapped[list["Milestone"]] = relationship(order_by="Milestone.place", cascade="all, delete-orphan")
    bands: Mapped[list["ScoreBand"]] = relationship(order_by="ScoreBand.place", cascade="all, delete-orphan")
    period_targets: Mapped[list["PeriodTarget"]] = relationship(
        order_by="PeriodTarget.period_id", cascade="all, delete-orphan"
    )


class KpiInput(Base):
    """A named input of a ratio: a signed part of its numerator or of its denominator."""

    __tablename__ = "kpi_input"
    __table_args__ = (UniqueConstraint("kpi_id", "is_denominator", "name"),)

    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpi.id", ondelete="CASCADE"))
    place: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    is_denominator: Mapped[bool]
    is_subtracted: Mapped[bool] = mapped_column(default=False)


class Milestone(Base):
    """A stage of the work with its share of the achievement; the shares of a KPI add up to 100."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("kpi_id", "name"),
        CheckConstraint("share > 0 AND share <= 10000", name="share_within_100"),
    )

    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpi.id", ondelete="CASCADE"))
    place: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    share: Mapped[Decimal] = mapped_column(Hundredths)


class ScoreBand(Base):
    """A point of a `points` curve or the lower bound of a step of `steps`, with its score."""

    __tablename__ = "score_band"
    __table_args__ = (UniqueConstraint("kpi_id", "place"),)

    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpi.id", ondelete="CASCADE"))
    place: Mapped[int]
    start: Mapped[Decimal] = mapped_column(ExactNumber)
    score: Mapped[Decimal] = mapped_column(ExactNumber)


class PeriodTarget(Base):
    """The target of one period, where the year's target is not simply spread over its days."""

    __tablename__ = "period_target"
    __table_args__ = (UniqueConstraint("kpi_id", "period_id"),)

    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpi.id", ondelete="CASCADE"))
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    target: Mapped[Decimal] = mapped_column(ExactNumber)

    period: Mapped[Period] = relationship()
