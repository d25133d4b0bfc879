"""What goes over the wire between two results: status, forecast, causes, notes, development plans, incentive bands."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.api.wire import Code, Day, Flag, Number, On, Sent, Shown, line, lines
from app.rules.forecast import Unforeseen
from app.rules.vocabulary import DevelopmentState, KpiStatus, NoteKind
from app.services.causes import LONGEST

Words = Annotated[str, lines(LONGEST), Field(min_length=1)]


class Together(Shown):
    """How KPIs stand together: the mean of the printed scores by weight."""

    status: KpiStatus | None
    achievement: Number | None
    coverage: Number
    weight: Number


class ObjectiveTogether(Shown):
    """An objective with the status of its KPIs together."""

    title: str
    whole: Together


class Change(Shown):
    """The last period with a figure, on its own, against the one before it."""

    period_code: str
    since: str
    now: Number
    before: Number
    difference: Number
    is_alert: bool = Field(description="Ten points down or more.")


class KpiForecast(Shown):
    """What a KPI comes to at the plan's end if it goes on as it went; never a score."""

    actual: Number
    achievement: Number
    explanation: str


class TotalForecast(Shown):
    """The forecast of the total, by the weight that has one."""

    total: Number
    grade: str
    coverage: Number


class Cause(Shown):
    """Why a KPI fell behind in a period, and what is done about it until a day."""

    id: int
    kpi_code: str
    period_code: str
    cause: str
    corrective_action: str
    due_on: date
    recorded_by: str
    recorded_at: datetime
    done_at: datetime | None


class Note(Shown):
    """A comment on a KPI or recognition for it."""

    id: int
    kpi_code: str
    period_code: str
    kind: NoteKind
    text: str
    author: str
    written_at: datetime


class KpiFollowed(Shown):
    """One KPI beside what it was, what it costs, and where it is going."""

    code: str
    name: str
    status: KpiStatus | None
    change: Change | None
    lost: Number | None = Field(description="Points that it takes from the total.")
    forecast: KpiForecast | None
    no_forecast: Unforeseen | None = Field(description="Why there is no forecast.")
    missing_in_a_row: int
    asks_cause: bool = Field(description="It is behind, and nobody has said why.")


class Band(Shown):
    """What a total of at least `lower` may lead to; a person decides."""

    lower: Number
    text: str
    percent: Number | None


class Following(Shown):
    """A card as it is followed; nothing of it counts."""

    person_id: int
    cycle: str
    period: str
    whole: Together
    change: Change | None
    forecast: TotalForecast | None
    objectives: Sequence[ObjectiveTogether]
    kpis: Sequence[KpiFollowed]
    weakest: Sequence[str] = Field(description="Codes of the KPIs with which most is to be won.")
    causes: Sequence[Cause]
    notes: Sequence[Note]
    incentive: Band | None = Field(description="Only where the policy shows it.")


class CauseSent(Sent):
    """Why a KPI is behind in a period, and what is done about it."""

    period: On
    cause: Words
    corrective_action: Words
    due_on: Day


class NoteSent(Sent):
    """A comment or recognition."""

    period: On
    kind: NoteKind
    text: Words


class OpenAction(Shown):
    """An action that is still open, with whose it is."""

    person_id: int
    person_name: str
    cycle: str
    kpi_name: str
    is_late: bool
    cause: Cause


class TeamKpi(Shown):
    """One KPI of a person's line: its status, or none without data."""

    code: str
    name: str
    status: KpiStatus | None
    is_missing: bool


class TeamRow(Shown):
    """One person of the team."""

    person_id: int
    number: str
    name: str
    total: Number | None
    is_published: bool
    status: KpiStatus | None
    change: Change | None
    weakest: Sequence[str]
    kpis: Sequence[TeamKpi]


class DevelopmentItem(Shown):
    """One thing that an employee sets out to learn or change."""

    id: int
    person_id: int
    kpi_code: str
    gap: str
    development_action: str
    support: str
    due_on: date
    state: DevelopmentState
    changed_at: datetime
    version: int


class DevelopmentItemSent(Sent):
    """The same, to be entered."""

    kpi_code: Annotated[str, line(40, 0)] = ""
    gap: Words
    development_action: Words
    support: Annotated[str, lines(LONGEST)] = ""
    due_on: Day


class DevelopmentItemChanged(DevelopmentItemSent):
    """The same with where it stands."""

    state: DevelopmentState


class DevelopmentPlan(Shown):
    """A person's items, the open ones first, and gaps that the figures suggest."""

    person_id: int
    items: Sequence[DevelopmentItem]
    suggested: Sequence[str] = Field(description="Codes of KPIs with which most is to be won and that no item names.")


class IncentiveBandSent(Sent):
    """What a total of at least `lower` may lead to."""

    lower: Number
    text: Annotated[str, line(200)]
    percent: Number | None = None


class IncentivesSent(Sent):
    """The bands of a cycle, and whether scorecards show them."""

    are_shown: Flag
    bands: Annotated[list[IncentiveBandSent], Field(max_length=12)]


class Incentives(Shown):
    """The same as it is stored, from the highest band down."""

    cycle: Code
    are_shown: bool
    bands: Sequence[Band]
    version: int
