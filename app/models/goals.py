"""What is stored above single plans: the organisation's profile, goals of company and units, duties of positions?"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, ExactNumber
from app.models.cycles import Cycle
from app.models.people import Person, Position, Unit


class OrganisationProfile(Base):
    """What the organisation is there for, in its own words; one row."""

    __tablename__ = "organisation_profile"

    vision: Mapped[str] = mapped_column(Text, default="")
    mission: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Goal(Base):
    """What the company or a unit wants to reach in a cycle; objectives of plans serve it."""

    __tablename__ = "goal"
    __table_args__ = (CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    """The unit whose goal it is; none for a goal of the whole company."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    figure: Mapped[Decimal | None] = mapped_column(ExactNumber)
    unit_of_measure: Mapped[str] = mapped_column(String(60), default="")
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    cycle: Mapped[Cycle] = relationship()
    unit: Mapped[Unit | None] = relationship()
    owner: Mapped[Person] = relationship()
    parent: Mapped["Goal | None"] = relationship(remote_side="Goal.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class ObjectiveGoal(Base):
    """Which goal an objective of a plan serves."""

    __tablename__ = "objective_goal"
    __table_args__ = (UniqueConstraint("objective_id"),)

    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id", ondelete="CASCADE"))
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)

    goal: Mapped[Goal] = relationship()


class Responsibility(Base):
    """A task of a position, and what is expected of whoever holds it."""

    __tablename__ = "responsibility"
    __table_args__ = (UniqueConstraint("position_id", "place"),)

    position_id: Mapped[int] = mapped_column(ForeignKey("position.id", ondelete="CASCADE"))
    place: Mapped[int]
    task: Mapped[str] = mapped_column(String(300))
    expectation: Mapped[str] = mapped_column(Text, default="")

    position: Mapped[Position] = relationship()
