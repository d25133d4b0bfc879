"""What is stored about cycles: their span, their periods, and the policy and grade scale in force."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Hundredths, words
from app.rules.vocabulary import CycleState, Missing, PeriodState


class Cycle(Base):
    """The span that plans cover, usually a year, with the policy by which its scores are computed."""

    __tablename__ = "cycle"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("priority_share + difficulty_share + credibility_share = 10000", name="criteria_make_100"),
        CheckConstraint(
            "priority_share >= 0 AND difficulty_share >= 0 AND credibility_share >= 0",
            name="criteria_not_negative",
        ),
        CheckConstraint("weight_step IN (1, 50, 100, 500)", name="weight_step_known"),
        CheckConstraint("weight_floor >= 0 AND weight_floor <= weight_ceiling", name="weight_floor_below_ceiling"),
        CheckConstraint("weight_ceiling <= 10000", name="weight_ceiling_within_100"),
        CheckConstraint("score_floor <= score_cap", name="score_floor_below_cap"),
    )

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[CycleState] = mapped_column(words(CycleState), default=CycleState.DRAFT)
    priority_share: Mapped[Decimal] = mapped_column(Hundredths)
    difficulty_share: Mapped[Decimal] = mapped_column(Hundredths)
    credibility_share: Mapped[Decimal] = mapped_column(Hundredths)
    weight_step: Mapped[Decimal] = mapped_column(Hundredths)
    weight_floor: Mapped[Decimal] = mapped_column(Hundredths)
    weight_ceiling: Mapped[Decimal] = mapped_column(Hundredths)
    score_floor: Mapped[Decimal] = mapped_column(Hundredths)
    score_cap: Mapped[Decimal] = mapped_column(Hundredths)
    missing: Mapped[Missing] = mapped_column(words(Missing))
    on_track_from: Mapped[Decimal] = mapped_column(Hundredths)
    """Achievement from which a running KPI counts as on track; below it is behind."""
    ahead_from: Mapped[Decimal] = mapped_column(Hundredths)
    """Achievement from which a running KPI counts as ahead."""
    appeal_days: Mapped[int] = mapped_column(default=14)
    asks_agreement: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a plan comes into force only after its employee has accepted it and a manager has approved."""
    entry_grace_days: Mapped[int] = mapped_column(default=7, server_default="7")
    """How many days after the end of its span an entry may come without counting as late."""
    asks_self_assessment: Mapped[bool] = mapped_column(default=False, server_default=false())
    asks_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a scoring needs the approval of a second person before it is published."""
    behaviour_share: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal(0), server_default="0")
    """What behaviours count for in the total of a period that ends with a review, in percent; 0 for not at all."""
    max_adjustment: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal(10), server_default="1000")
    """By how many points a manager may move the computed total."""
    shows_feedback: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the employee reads what colleagues answered."""
    names_feedback: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether answers of colleagues stand with their names."""
    shows_incentives: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether scorecards say what their total may lead to; nothing follows from it by itself."""
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    periods: Mapped[list["Period"]] = relationship(
        back_populates="cycle", order_by="Period.starts_on", cascade="all, delete-orphan"
    )
    bands: Mapped[list["GradeBand"]] = relationship(
        back_populates="cycle", order_by="GradeBand.lower.desc()", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Period(Base):
    """A recurring part of a cycle for which actuals are due and people are scored."""

    __tablename__ = "period"
    __table_args__ = (
        UniqueConstraint("cycle_id", "code"),
        UniqueConstraint("cycle_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(10))
    """`2026-01`, `2026-Q1`, `2026-H1` or `2026`."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[PeriodState] = mapped_column(words(PeriodState), default=PeriodState.OPEN)
    asks_review: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the period ends with a review: a scoring that is handed in before anything is published."""

    cycle: Mapped[Cycle] = relationship(back_populates="periods")


class GradeBand(Base):
    """A grade by its lower bound; it reaches up to the next one, the lowest reaches down without end."""

    __tablename__ = "grade_band"
    __table_args__ = (UniqueConstraint("cycle_id", "lower"), UniqueConstraint("cycle_id", "code"))

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id", ondelete="CASCADE"))
    lower: Mapped[Decimal] = mapped_column(Hundredths)
    code: Mapped[str] = mapped_column(String(40))
    name_id: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))

    cycle: Mapped[Cycle] = relationship(back_populates="bands")
