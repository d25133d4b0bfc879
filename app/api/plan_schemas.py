"""What goes over the wire about plans? Measure and scoring are those of a scorecard file, word for word."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.api.wire import (
    CODE,
    NO_OTHER_KEYS,
    Day,
    Flag,
    Id,
    Levels,
    Number,
    On,
    Rating,
    Sent,
    Shown,
    is_left_out,
    line,
    lines,
)
from app.rules.vocabulary import (
    Aggregation,
    Beyond,
    Frequency,
    PlanState,
    RecorderRule,
    SourceKind,
    WeightingMethod,
)


def _open(**bounds: Any) -> Any:
    """A part that may be missing in a draft; its name is left out then."""
    return Field(default=None, exclude_if=is_left_out, **bounds)


# --- Measures ---------------------------------------------------------------------------------------------------------

_Input = Annotated[str, line(61)]
_Inputs = Annotated[Sequence[_Input], Field(max_length=24, examples=[["won", "-returned"]])]


class ValueMeasure(Sent):
    """Entries are figures that are aggregated."""

    kind: Literal["value"]
    aggregation: Aggregation = Aggregation.LAST


class RatioMeasure(Sent):
    """Entries are named inputs; an input with a leading minus is subtracted."""

    kind: Literal["ratio"]
    numerator: _Inputs = ()
    denominator: _Inputs = ()
    scale: Number


class GrowthMeasure(Sent):
    """Entries are figures; the last is held against the base, or else against the first."""

    kind: Literal["growth"]
    base: Number | None = _open()


class MilestoneMeasure(Sent):
    """Entries name milestones that were reached; shares add up to 100."""

    kind: Literal["milestone"]
    milestones: Annotated[
        dict[Annotated[str, line(100)], Number], Field(max_length=24, json_schema_extra=NO_OTHER_KEYS)
    ] = Field(default_factory=dict)


class YesNoMeasure(Sent):
    """Entries are true or false; the last counts."""

    kind: Literal["yes_no"]


class RatingMeasure(Sent):
    """Entries are whole levels."""

    kind: Literal["rating"]
    aggregation: Literal[Aggregation.AVERAGE, Aggregation.LAST] = Aggregation.LAST


Measure = Annotated[
    ValueMeasure | RatioMeasure | GrowthMeasure | MilestoneMeasure | YesNoMeasure | RatingMeasure,
    Field(discriminator="kind"),
]

# --- Scoring ----------------------------------------------------------------------------------------------------------

_Point = Annotated[Sequence[Number], Field(min_length=2, max_length=2, examples=[["80", "50"]])]
_Points = Annotated[Sequence[_Point], Field(max_length=24)]


class _Limited(Sent):
    floor: Number | None = _open(description="Narrows the floor of the policy.")
    cap: Number | None = _open(description="Narrows the cap of the policy.")


class _WithMaximum(_Limited):
    maximum_target: Flag = Field(
        default=False, description="The target cannot be surpassed: reaching it gives the cap."
    )


class HigherScoring(_WithMaximum):
    """More is better."""

    method: Literal["higher"]
    target: Number | None = _open()


class LowerScoring(_WithMaximum):
    """Less is better: 2 − actual / target."""

    method: Literal["lower"]
    target: Number | None = _open()


class LowerInverseScoring(_WithMaximum):
    """Less is better: target / actual."""

    method: Literal["lower_inverse"]
    target: Number | None = _open()


class ExactScoring(_WithMaximum):
    """The nearer the better."""

    method: Literal["exact"]
    target: Number | None = _open()


class RangeScoring(_WithMaximum):
    """Within the range is good, beyond it on either side is not."""

    method: Literal["range"]
    low: Number | None = _open()
    high: Number | None = _open()


class PointsScoring(_Limited):
    """A curve through points `[x, score]`."""

    method: Literal["points"]
    points: _Points = ()
    below: Beyond = Beyond.CLAMP
    above: Beyond = Beyond.CLAMP


class StepsScoring(_Limited):
    """Bands `[from, score]`."""

    method: Literal["steps"]
    steps: _Points = ()


class YesNoScoring(_WithMaximum):
    """Done or not."""

    method: Literal["yes_no"]


class MilestoneScoring(_WithMaximum):
    """The shares of the milestones that were reached."""

    method: Literal["milestone"]


class RatingScoring(_WithMaximum):
    """Levels from 1 up."""

    method: Literal["rating"]
    levels: Levels | None = _open()


Scoring = Annotated[
    HigherScoring
    | LowerScoring
    | LowerInverseScoring
    | ExactScoring
    | RangeScoring
    | PointsScoring
    | StepsScoring
    | YesNoScoring
    | MilestoneScoring
    | RatingScoring,
    Field(discriminator="method"),
]

# --- Objectives and KPIs ----------------------------------------------------------------------------------------------


class StepSent(Sent):
    """An activity on the way to an objective."""

    activity: Annotated[str, line(300)]
    resource: Annotated[str, line(300, 0)] = Field(default="", description="What it takes: people, money, tools.")
    starts_on: Day | None = None
    ends_on: Day | None = None
    is_done: Flag = False


class StepDone(Sent):
    """Whether a step is done."""

    is_done: Flag


class Step(Shown):
    """A step of an objective's action plan."""

    id: int
    activity: str
    resource: str
    starts_on: date | None
    ends_on: date | None
    is_done: bool


class ObjectiveSent(Sent):
    """A result expected of the employee, with what is agreed about it."""

    title: Annotated[str, line(300)]
    description: Annotated[str, lines(2000)] = ""
    success: Annotated[str, lines(1000)] = Field(default="", description="By what both will see that it was reached.")
    due_on: Day | None = None
    training_needed: Annotated[str, lines(500)] = ""
    budget_needed: Annotated[str, lines(500)] = ""
    help_needed: Annotated[str, lines(500)] = ""
    steps: Annotated[Sequence[StepSent], Field(max_length=12)] = ()


class Objective(Shown):
    """An objective of a plan."""

    id: int
    number: int | None = Field(description="What it goes by in every version of the plan, and in remarks.")
    title: str
    description: str
    success: str
    due_on: date | None
    training_needed: str
    budget_needed: str
    help_needed: str
    steps: Sequence[Step]
    goal_id: int | None


_KPI_EXAMPLE: JsonDict = {
    "objective_id": 7,
    "name": "Conversion rate",
    "source_kind": "system_of_record",
    "source": "CRM",
    "frequency": "monthly",
    "unit_of_measure": "%",
    "measure": {"kind": "ratio", "numerator": ["won"], "denominator": ["leads"], "scale": "100"},
    "scoring": {"method": "range", "low": "18", "high": "25"},
}


class KpiSent(Sent):
    """A KPI but for its ratings and weight; what is still missing may be missing until the plan is submitted."""

    objective_id: Id
    name: Annotated[str, line(200)]
    definition: Annotated[str, lines(2000)] = ""
    relevance: Annotated[str, lines(500)] = Field(default="", description="Why it belongs to its objective.")
    source_kind: SourceKind
    source: Annotated[str, line(300, 0)] = ""
    unit_of_measure: Annotated[str, line(60, 0)] = ""
    frequency: Frequency
    measure: Measure
    scoring: Scoring
    period_targets: Annotated[dict[On, Number], Field(max_length=366, json_schema_extra=NO_OTHER_KEYS)] = Field(
        default_factory=dict, description="Targets by the code of their period: of all periods of the plan, or of none."
    )
    definition_id: Id | None = Field(default=None, description="The library's definition that it was copied from.")
    recorder: RecorderRule | None = Field(
        default=None, description="Who records the figures beside managers and HR; null leaves it to the source."
    )
    recorder_number: Annotated[str, line(40, 0)] = Field(
        default="", description="The employee number of a third party."
    )


class KpiCreate(KpiSent):
    """A KPI to add; without a code it gets one, which stays the same in every version of the plan."""

    model_config = ConfigDict(json_schema_extra={"examples": [_KPI_EXAMPLE]})

    code: Annotated[str, line(40, 0)] = ""


class KpiReplace(KpiSent):
    """Everything about a KPI anew; its code, ratings and weight stay."""

    model_config = ConfigDict(json_schema_extra={"examples": [_KPI_EXAMPLE]})


class Kpi(Shown):
    """A KPI of a plan with its ratings and weight."""

    id: int
    objective_id: int
    code: str
    name: str
    definition: str
    relevance: str
    source_kind: SourceKind
    source: str
    unit_of_measure: str
    frequency: Frequency
    measure: Measure
    scoring: Scoring
    period_targets: dict[str, Number]
    definition_id: int | None
    recorder: RecorderRule | None
    recorder_number: str
    priority: int | None
    difficulty: int | None
    credibility: int | None
    weight: Number | None
    computed_weight: Number | None
    weight_reason: str


# --- Plans ------------------------------------------------------------------------------------------------------------


class PlanPerson(Shown):
    """Whose plan it is."""

    id: int
    number: str
    name: str


class PlanSummary(Shown):
    """One version of a plan, in a list."""

    id: int
    version_number: int
    state: PlanState
    starts_on: date
    ends_on: date
    version: int


class PlanListed(Shown):
    """One person with the plans of a cycle: the version in force, and the draft if there is one."""

    person: PlanPerson
    active: PlanSummary | None
    draft: PlanSummary | None
    objectives: int
    kpis: int
    missing: int = Field(description="How much the draft still lacks.")


class Plan(PlanSummary):
    """One version of an employee's objectives and KPIs for a cycle; KPIs are in the order of their objectives."""

    person: PlanPerson
    cycle: str
    weighting: WeightingMethod
    change_reason: str
    submitted_at: datetime | None
    changed_at: datetime
    objectives: Sequence[Objective]
    kpis: Sequence[Kpi]


class PlanStart(Sent):
    """Whose plan to begin, for which cycle; empty, or as a copy of another plan."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person_id": 14, "cycle": "2026"}]})

    person_id: Id
    cycle: Annotated[str, Field(min_length=1, max_length=40, pattern=CODE)]
    copy_of: Id | None = None


class PlanRevision(Sent):
    """From which day on a new version is to hold, and why."""

    starts_on: Day
    reason: Annotated[str, lines(1000)]


class KpiRating(Sent):
    """The three ratings of one KPI; null where one is still missing."""

    kpi_id: Id
    priority: Rating | None
    difficulty: Rating | None
    credibility: Rating | None


class RatingsSent(Sent):
    """Ratings of some or all KPIs; weights follow from them."""

    kpis: Annotated[Sequence[KpiRating], Field(min_length=1, max_length=20)]


class WeightingSent(Sent):
    """How the weights are found."""

    weighting: WeightingMethod


class KpiWeight(Sent):
    """The weight of one KPI in percent."""

    kpi_id: Id
    weight: Number | None


class WeightsSent(Sent):
    """Weights by hand: those of a plan whose weights are typed, or in place of computed ones, with a reason."""

    kpis: Annotated[Sequence[KpiWeight], Field(min_length=1, max_length=20)]
    reason: Annotated[str, lines(1000)] = ""
