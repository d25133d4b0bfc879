"""What is stored about the way to an objective: the steps of its action plan."""

from datetime import date

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class ActionStep(Base):
    """An activity by which an objective is to be reached, with what it needs and when it is done."""

    __tablename__ = "action_step"

    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    activity: Mapped[str] = mapped_column(String(300))
    resource: Mapped[str] = mapped_column(String(300), default="")
    """What the activity takes: people, money, tools."""
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    is_done: Mapped[bool] = mapped_column(default=False, server_default=false())
