"""What goes over the wire about how plans are agreed: remarks, answers, acceptances, and what a version changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from app.api.plan_schemas import PlanSummary
from app.api.wire import Id, Number, Rating, Sent, Shown, line, lines
from app.rules.plan_difference import Change
from app.rules.vocabulary import RemarkKind

_ABOUT = "With neither `kpi` nor `objective` it is about the whole plan."


class RemarkSent(Sent):
    """What is said about a KPI, an objective or the whole plan; for a KPI with the figures that are proposed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kpi": "SALES", "text": "The market shrinks.", "target": "1000"}]}
    )

    kpi: Annotated[str, line(40, 0)] = Field(default="", description=f"The code of a KPI. {_ABOUT}")
    objective: Id | None = Field(default=None, description="The number of an objective, as remarks show it.")
    text: Annotated[str, lines(2000)] = ""
    target: Number | None = None
    priority: Rating | None = None
    difficulty: Rating | None = None
    credibility: Rating | None = None


class AnswerSent(Sent):
    """What should be different about a plan that was proposed."""

    remarks: Annotated[Sequence[RemarkSent], Field(min_length=1, max_length=60)]


class ReturnSent(Sent):
    """Why a plan is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "A target is wrong."}]})

    reason: Annotated[str, lines(2000)]


class Remark(Shown):
    """One contribution to the discussion; `kind` says whether a step was taken by it."""

    id: int
    kind: RemarkKind
    version_number: int
    round_number: int = Field(description="How often this version had been proposed by then.")
    kpi: str
    objective: int | None
    about: str = Field(description="What the KPI or objective was called.")
    author: str
    text: str
    target: Number | None
    priority: int | None
    difficulty: int | None
    credibility: int | None
    at: datetime


class Acceptance(Shown):
    """That the employee accepted exactly this content."""

    version_number: int
    name: str
    at: datetime
    digest: str = Field(description="SHA-256 of the content.")
    content: str = Field(description="What was accepted, as canonical JSON.")


class FactChange(Shown):
    """One fact before and after; null where there is none."""

    name: str
    before: str | int | bool | Sequence[str] | None
    after: str | int | bool | Sequence[str] | None


class ObjectiveChange(Shown):
    """What became of an objective, by the number that it keeps over versions."""

    objective: int
    change: Change
    facts: Sequence[FactChange]


class KpiChange(Shown):
    """What became of a KPI, by the code that it keeps over versions."""

    kpi: str
    change: Change
    facts: Sequence[FactChange]


class Difference(Shown):
    """Two versions of a plan side by side; before the first there is none."""

    before: PlanSummary | None
    after: PlanSummary
    objectives: Sequence[ObjectiveChange]
    kpis: Sequence[KpiChange]
