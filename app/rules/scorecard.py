"""What does a scorecard hold? Frozen plain values: services fill them; page, JSON and PDF show them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from app.rules.credibility import Doubt
from app.rules.outcome import Adjustment
from app.rules.vocabulary import AppealOutcome, KpiStatus, Language, Method, Missing, SourceKind, WeightingMethod
from app.rules.working import Working

# Every number here is as it is shown: rounded once, by the rules, before it comes here.
# Nothing that reads a scorecard rounds again.


class Direction(StrEnum):
    """Which way an actual should move to score better."""

    HIGHER = "higher"
    LOWER = "lower"
    WITHIN = "within"
    """Towards a value or a range: too much is as bad as too little."""


@dataclass(frozen=True, slots=True)
class Document:
    """The paper itself: whose it is, its number, which version this is, and whether it was published."""

    organisation: str
    number: str
    version: int
    is_final: bool
    time_zone: str = "Asia/Jakarta"
    """In which moments are printed: part of the paper, so that it never depends on a later setting."""


@dataclass(frozen=True, slots=True)
class Period:
    """The period that is scored: `2026-01`, `2026-Q1`, `2026-H1` or `2026`."""

    code: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Cycle:
    """The cycle that the period belongs to."""

    code: str
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Employee:
    """The person who is scored, where they stood in the period, and the days for which the plan holds."""

    number: str
    name: str
    position: str
    unit: str
    joined_on: date | None
    plan_starts_on: date
    plan_ends_on: date


@dataclass(frozen=True, slots=True)
class Appraiser:
    """The person who scores; where nobody is named the scorecard has none."""

    number: str
    name: str
    position: str
    unit: str


@dataclass(frozen=True, slots=True)
class Band:
    """A grade by its lower bound, with its name in both languages."""

    lower: Decimal
    code: str
    name_id: str
    name_en: str

    def name(self, language: Language) -> str:
        """The name of the grade in the reader's language."""
        return self.name_id if language is Language.INDONESIAN else self.name_en


@dataclass(frozen=True, slots=True)
class PreviousResult:
    """The last published result before this one, in the same cycle or the one before."""

    period_code: str
    total: Decimal
    grade: str


@dataclass(frozen=True, slots=True)
class Computed:
    """What stands behind a total that is not that of the KPIs alone: behaviours mixed in, adjustments beside it."""

    kpi_total: Decimal
    behaviour: Decimal | None
    behaviour_share: Decimal
    total: Decimal
    grade: str
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome: total and grade (none without data), weight that has data, grades from the highest down."""

    total: Decimal | None
    grade: str | None
    coverage: Decimal
    bands: tuple[Band, ...]
    previous: PreviousResult | None = None
    computed: Computed | None = None
    """None where the total is that of the KPIs alone."""

    @property
    def kpi_total(self) -> Decimal | None:
        """What the KPIs' contributions add up to."""
        return self.total if self.computed is None else self.computed.kpi_total

    @property
    def band(self) -> Band | None:
        """The band that was reached."""
        return next((band for band in self.bands if band.code == self.grade), None)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of the cycle that a reader must know to follow the numbers."""

    floor: Decimal
    cap: Decimal
    missing: Missing
    weighting: WeightingMethod
    priority_share: Decimal
    difficulty_share: Decimal
    credibility_share: Decimal


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A point of `points` or the lower bound of a band of `steps`, with its score."""

    at: Decimal
    score: Decimal


@dataclass(frozen=True, slots=True)
class MilestoneShare:
    """A milestone, its share of the whole, and whether it was reached."""

    name: str
    share: Decimal
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Target:
    """What the actual is held against, as far as the method has it: a number, a range, a curve, levels, milestones."""

    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    levels: int | None = None
    curve: tuple[CurvePoint, ...] = ()
    milestones: tuple[MilestoneShare, ...] = ()
    is_maximum: bool = False
    """The target cannot be surpassed, so whatever reaches it gives the cap."""
    whole: Decimal | None = None
    """The target of the whole plan, where the one above is only its part to date."""


@dataclass(frozen=True, slots=True)
class Trend:
    """One period of the cycle for one KPI; without data it is a gap, never a zero."""

    period_code: str
    actual: Decimal | None
    achievement: Decimal | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many entries came from one kind of source."""

    kind: SourceKind
    entries: int


@dataclass(frozen=True, slots=True)
class DoubtCount:
    """Of how many entries something keeps the credibility of their KPI down."""

    doubt: Doubt
    entries: int


@dataclass(frozen=True, slots=True)
class DataQuality:
    """How far a KPI's figures can be trusted: what was recorded, by whom, with which proof, how changed."""

    entries: int
    entries_expected: int
    evidence: int
    changes: int
    changed_at: datetime | None
    recorded_by: tuple[str, ...] = ()
    sources: tuple[SourceCount, ...] = ()
    late: int = 0
    """Entries that came after the days of grace."""
    verified: int = 0
    """Entries that somebody else looked over as they stand."""
    credibility: int | None = None
    """What the facts bear out of the rated credibility; None where that was not judged yet."""
    doubts: tuple[DoubtCount, ...] = ()
    """Why that is lower than rated."""


@dataclass(frozen=True, slots=True)
class ScorecardKpi:
    """One KPI: what it is, what it weighs and why, what was agreed and reached, and how that was scored."""

    code: str
    name: str
    definition: str
    source: str
    source_kind: SourceKind
    unit_of_measure: str
    method: Method
    weight: Decimal
    priority: int | None
    difficulty: int | None
    data_credibility: int | None
    computed_weight: Decimal | None
    weight_reason: str
    """Why the weight differs from the computed one; empty where it does not."""
    target: Target
    floor: Decimal
    cap: Decimal
    actual: Decimal | None
    uncapped: Decimal | None
    achievement: Decimal | None
    contribution: Decimal | None
    status: KpiStatus | None
    is_due: bool
    is_missing: bool
    """Due, and still without data."""
    data: DataQuality
    excluded: str | None = None
    """Why two people left this KPI out of the total, where they did."""
    working: Working = ()
    """The steps from actual to contribution; app.working prints them."""
    trend: tuple[Trend, ...] = ()

    @property
    def direction(self) -> Direction:
        """Which way is better, by the method and, where there is one, by the curve."""
        if self.method in _FALLING:
            return Direction.LOWER
        if self.method in _CENTRED:
            return Direction.WITHIN
        scores = [point.score for point in self.target.curve]
        if scores == sorted(scores):
            return Direction.HIGHER
        return Direction.LOWER if scores == sorted(scores, reverse=True) else Direction.WITHIN

    @property
    def is_weight_overridden(self) -> bool:
        """Whether the weight was set by hand to something else than what was computed."""
        return self.computed_weight is not None and self.computed_weight != self.weight


_FALLING = frozenset({Method.LOWER, Method.LOWER_INVERSE})
_CENTRED = frozenset({Method.EXACT, Method.RANGE})


@dataclass(frozen=True, slots=True)
class ScorecardObjective:
    """A result expected of the employee, with its one or two KPIs."""

    title: str
    kpis: tuple[ScorecardKpi, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Days of the cycle with a plan version and an appraiser of their own, and what they came to by themselves."""

    first_day: date
    last_day: date
    days: int
    plan_version: int
    position: str
    unit: str
    appraiser: str
    total: Decimal | None
    coverage: Decimal


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who made the result final and when; an electronic signature stands in for ink."""

    name: str
    position: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class KpiWords:
    """What employee and appraiser said about one KPI, and the employee's own figure for its achievement."""

    code: str
    own: str = ""
    own_achievement: Decimal | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class RatedBehaviour:
    """A behaviour with the level that was seen and what that level says, in both languages."""

    name_en: str
    name_id: str
    level: int
    anchor_en: str
    anchor_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What was said at the end of the period; every part may be missing."""

    own: str = ""
    """The employee's words on the whole period."""
    own_on: datetime | None = None
    """When the self-assessment was handed in."""
    words: tuple[KpiWords, ...] = ()
    behaviours: tuple[RatedBehaviour, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """How a holder proves the paper; made from the frozen figures, and no part of what is frozen."""

    code: str
    check_value: str
    url: str


@dataclass(frozen=True, slots=True)
class Revision:
    """Why there is a later version than the first: a correction, or the decision about the employee's objection."""

    of_version: int
    """The version that this one replaces."""
    reason: str
    """Why it was corrected, or the reasons of the decision."""
    asked_by: str
    """Who asked for the correction, or the employee who objected."""
    decided_by: str
    decided_at: datetime
    outcome: AppealOutcome | None = None
    """What came of the objection; None for a correction."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The document of one appraisal, complete: whoever shows it needs nothing else."""

    document: Document
    cycle: Cycle
    period: Period
    employee: Employee
    appraiser: Appraiser | None
    policy: Policy
    result: Result
    objectives: tuple[ScorecardObjective, ...]
    comment: str = ""
    """The appraiser's words to the employee."""
    published: SignOff | None = None
    appeal_until: date | None = None
    """The last day on which the employee may object."""
    verification: Verification | None = None
    review: Review | None = None
    revision: Revision | None = None
    """None for a first version."""
    segments: tuple[Segment, ...] = ()
    """Where the cycle falls into several, the one on this card last; the total is their day-weighted mean."""

    @property
    def kpi_total(self) -> Decimal | None:
        """What the contributions of the KPIs on this card add up to: of several segments those of the last."""
        return self.segments[-1].total if self.segments else self.result.kpi_total

    @property
    def segments_total(self) -> Decimal | None:
        """What the segments come to together, before behaviours and adjustments."""
        return self.result.kpi_total

    @property
    def kpis(self) -> tuple[ScorecardKpi, ...]:
        """All KPIs in the order of the plan."""
        return tuple(kpi for objective in self.objectives for kpi in objective.kpis)
