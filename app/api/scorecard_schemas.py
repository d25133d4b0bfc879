"""What goes over the wire about a scorecard? Numbers as they are shown, with the working in the reader's language."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from app.api.wire import Number, Shown
from app.rules.credibility import Doubt
from app.rules.vocabulary import AdjustmentKind, KpiStatus, Method, Missing, SourceKind, WeightingMethod


class ScorecardState(StrEnum):
    """Whether the figures still move, or are final."""

    PUBLISHED = "published"
    TO_DATE = "to_date"


class ScorecardPeriod(Shown):
    """The period that is scored."""

    code: str
    starts_on: date
    ends_on: date


class ScorecardCycle(ScorecardPeriod):
    """The cycle that it belongs to."""

    name: str


class Employee(Shown):
    """Who is scored, and where they stood in the period."""

    number: str
    name: str
    position: str
    unit: str
    plan_starts_on: date
    plan_ends_on: date


class Appraiser(Shown):
    """Who scores."""

    number: str
    name: str
    position: str
    unit: str


class Rules(Shown):
    """The rules that a reader must know to follow the numbers."""

    floor: Number
    cap: Number
    missing: Missing
    weighting: WeightingMethod


class Band(Shown):
    """A grade from its lower bound up, with its name in the reader's language."""

    lower: Number
    code: str
    name: str


class Previous(Shown):
    """The last published result before this one."""

    period_code: str
    total: Number
    grade: str


class Adjustment(Shown):
    """A total that a person set beside the computed one."""

    kind: AdjustmentKind
    total: Number
    computed_total: Number
    reason: str
    by: str
    at: datetime | None


class Computed(Shown):
    """What stands behind a total that is not that of the KPIs alone."""

    kpi_total: Number
    behaviour: Number | None
    behaviour_share: Number
    total: Number
    grade: str
    adjustments: Sequence[Adjustment]


class KpiWords(Shown):
    """What employee and appraiser said about one KPI."""

    code: str
    own: str
    own_achievement: Number | None
    comment: str


class RatedBehaviour(Shown):
    """A behaviour with the level that was seen."""

    name_en: str
    name_id: str
    level: int
    anchor_en: str
    anchor_id: str
    note: str


class Review(Shown):
    """What was said at the end of the period."""

    own: str
    own_on: datetime | None
    words: Sequence[KpiWords]
    behaviours: Sequence[RatedBehaviour]


class Result(Shown):
    """The outcome; total and grade are null as long as nothing has data."""

    total: Number | None
    grade: str | None
    grade_name: str | None
    coverage: Number
    bands: Sequence[Band]
    previous: Previous | None
    computed: Computed | None = Field(description="Null where the total is that of the KPIs alone.")


class CurvePoint(Shown):
    """A point of a curve or the lower bound of a step."""

    at: Number
    score: Number


class MilestoneShare(Shown):
    """A milestone with its share, and whether it was reached."""

    name: str
    share: Number
    is_reached: bool


class Target(Shown):
    """What the actual is held against, as far as the method has it."""

    target: Number | None
    low: Number | None
    high: Number | None
    levels: int | None
    curve: Sequence[CurvePoint]
    milestones: Sequence[MilestoneShare]
    is_maximum: bool
    whole: Number | None = Field(description="The target of the whole plan, where `target` is only its part to date.")


class TrendPoint(Shown):
    """One period of the cycle; without data it is a gap, never a zero."""

    period_code: str
    actual: Number | None
    achievement: Number | None
    is_due: bool


class DoubtCount(Shown):
    """Of how many entries something keeps the credibility of their KPI down."""

    doubt: Doubt
    entries: int


class DataQuality(Shown):
    """How far the figures can be trusted."""

    entries: int
    entries_expected: int
    evidence: int
    changes: int
    changed_at: datetime | None
    late: int
    verified: int
    credibility: int | None = Field(description="What the facts bear out of the rated credibility; weights stay.")
    doubts: Sequence[DoubtCount]


class ScorecardKpi(Shown):
    """One KPI with its score and how that came about."""

    code: str
    name: str
    unit_of_measure: str
    source_kind: SourceKind
    method: Method
    weight: Number
    priority: int | None
    difficulty: int | None
    credibility: int | None
    target: Target
    floor: Number
    cap: Number
    actual: Number | None
    uncapped: Number | None
    achievement: Number | None
    contribution: Number | None
    explanation: str
    status: KpiStatus | None
    is_due: bool
    is_missing: bool
    data: DataQuality
    trend: Sequence[TrendPoint]


class ServedGoal(Shown):
    """A goal that an objective serves."""

    id: int
    title: str


class ScorecardObjective(Shown):
    """An objective with its KPIs."""

    title: str
    goal: ServedGoal | None = Field(description="The goal of company or unit that it serves.")
    kpis: Sequence[ScorecardKpi]


class SignOff(Shown):
    """Who made the result final, and when."""

    name: str
    position: str
    signed_at: datetime


class Segment(Shown):
    """Days of the cycle with a plan version and an appraiser of their own, and what they came to by themselves."""

    first_day: date
    last_day: date
    days: int
    plan_version: int
    position: str
    unit: str
    appraiser: str
    total: Number | None
    coverage: Number


class Scorecard(Shown):
    """One person's scorecard for a period: as it was published, or else to date."""

    person_id: int
    state: ScorecardState
    document_number: str
    document_version: int
    cycle: ScorecardCycle
    period: ScorecardPeriod
    employee: Employee
    appraiser: Appraiser | None
    policy: Rules
    result: Result
    objectives: Sequence[ScorecardObjective]
    comment: str
    review: Review | None
    published: SignOff | None
    appeal_until: date | None
    verification_code: str | None
    segments: Sequence[Segment]
    """Where the cycle falls into several, the one of these KPIs last; the total is their day-weighted mean."""
