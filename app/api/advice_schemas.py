"""What goes over the wire about what a plan lacks, what could be better in it, and what others use?"""

from collections.abc import Sequence

from pydantic import Field

from app.api.wire import Shown
from app.rules.smart import Severity


class Finding(Shown):
    """What a draft still lacks, at its place in the plan."""

    at: str = Field(examples=["kpis[2].scoring.target"])
    code: str
    message: str


class PlanAdvice(Finding):
    """What could be better about an objective or a KPI; nothing is ever refused for it."""

    severity: Severity


class Recommended(Shown):
    """A definition of the library that colleagues in the same position use."""

    definition_id: int
    colleagues: int


class RecommendedList(Shown):
    """Definitions by how many colleagues use them, the most used first."""

    items: Sequence[Recommended]
    total: int


class Findings(Shown):
    """Everything for which a plan cannot be submitted yet, and beside it what could be written better."""

    items: Sequence[Finding]
    total: int
    advice: Sequence[PlanAdvice]
