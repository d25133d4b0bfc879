"""What goes over the wire about reviews: rules, self-assessment, scoring, steps, feedback."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.api.scorecard_schemas import Adjustment, RatedBehaviour
from app.api.wire import CODE, NO_OTHER_KEYS, Flag, Id, Number, Rating, Sent, Shown, line, lines
from app.rules.vocabulary import AppraisalState, FeedbackState
from app.rules.workflow import Step
from app.services.review_lists import Lacking

KpiCode = Annotated[str, Field(min_length=1, max_length=40, pattern=CODE)]
Words = Annotated[str, lines(4_000)]


class BehaviourSent(Sent):
    """A behaviour with what each of its five levels looks like, the lowest first."""

    name_en: Annotated[str, line(100)]
    name_id: Annotated[str, line(100)]
    anchors_en: Annotated[Sequence[Annotated[str, line(500)]], Field(min_length=5, max_length=5)]
    anchors_id: Annotated[Sequence[Annotated[str, line(500)]], Field(min_length=5, max_length=5)]


class ReviewPolicySent(Sent):
    """What the reviews of a cycle ask for."""

    periods: Annotated[
        Sequence[Annotated[str, Field(min_length=4, max_length=10, pattern=CODE)]],
        Field(max_length=40, description="Codes of the periods that end with a review."),
    ]
    asks_self_assessment: Flag
    asks_approval: Flag
    behaviour_share: Number
    max_adjustment: Number
    shows_feedback: Flag
    names_feedback: Flag
    behaviours: Annotated[Sequence[BehaviourSent], Field(max_length=8)]


class Behaviour(Shown):
    """A behaviour with what each of its levels looks like, the lowest first."""

    name_en: str
    name_id: str
    anchors_en: Sequence[str]
    anchors_id: Sequence[str]


class ReviewPolicy(Shown):
    """What the reviews of a cycle ask for."""

    periods: Sequence[str]
    asks_self_assessment: bool
    asks_approval: bool
    behaviour_share: Number
    max_adjustment: Number
    shows_feedback: bool
    names_feedback: bool
    behaviours: Sequence[Behaviour]
    version: int


class ReviewListed(Shown):
    """How far one person's review is."""

    person_id: int
    name: str
    state: AppraisalState
    total: Number | None
    lacking: Sequence[Lacking]


class OwnKpi(Shown):
    """What the employee says about one KPI."""

    code: str
    words: str
    achievement: Number | None


class SelfAssessment(Shown):
    """The employee's own view."""

    words: str
    kpis: Sequence[OwnKpi]
    handed_in_at: datetime | None
    version: int


class BehaviourToRate(Shown):
    """A behaviour that is rated in this review."""

    id: int
    name_en: str
    name_id: str


class StepTaken(Shown):
    """A step that was taken."""

    step: str
    by: str
    at: datetime
    reason: str


class Scoring(Shown):
    """The appraiser's part; it is not shown to the employee."""

    comment: str
    comments: Mapping[str, str]
    behaviours: Sequence[RatedBehaviour]
    kpi_total: Number | None
    behaviour: Number | None
    computed_total: Number | None
    adjustments: Sequence[Adjustment]
    total: Number | None
    grade: str | None
    history: Sequence[StepTaken]
    version: int


class Answer(Shown):
    """What a colleague answered; the name is empty where the policy keeps it back."""

    name: str
    strengths: str
    improvements: str


class FeedbackRequested(Shown):
    """A colleague who was proposed or asked."""

    id: int
    colleague: str
    state: FeedbackState


class Review(Shown):
    """One person's review of a period, as the reader may see it."""

    person_id: int
    cycle: str
    period: str
    asks_review: bool
    state: AppraisalState
    steps_open: Sequence[Step]
    behaviours: Sequence[BehaviourToRate]
    self_assessment: SelfAssessment | None = Field(description="Null until it is handed in, but for its author.")
    scoring: Scoring | None = Field(description="Null for the employee, who reads it on the published scorecard.")
    feedback: Sequence[Answer]
    feedback_requests: Sequence[FeedbackRequested] = Field(
        description="Who was proposed or asked; for the employee those whom they proposed."
    )


class OwnKpiSent(Sent):
    """What the employee says about one KPI."""

    words: Words = ""
    achievement: Number | None = None


class SelfAssessmentSent(Sent):
    """The own view, whole or in part; If-Match says which version was seen, none of a first one."""

    words: Words = ""
    kpis: Annotated[Mapping[KpiCode, OwnKpiSent], Field(max_length=40, json_schema_extra=NO_OTHER_KEYS)] = Field(
        default_factory=dict
    )
    hand_in: Flag = False


class LevelSent(Sent):
    """The level of a behaviour that was seen."""

    behaviour_id: Id
    level: Rating | None
    note: Words = ""


class ScoringSent(Sent):
    """The appraiser's part, whole or in part; without a total the computed one stands alone."""

    comment: Words = ""
    comments: Annotated[Mapping[KpiCode, Words], Field(max_length=40, json_schema_extra=NO_OTHER_KEYS)] = Field(
        default_factory=dict
    )
    levels: Annotated[Sequence[LevelSent], Field(max_length=8)] = ()
    total: Number | None = None
    reason: Words = ""
    hand_in: Flag = False


class ReturnSent(Sent):
    """Why a scoring is opened again."""

    reason: Annotated[str, Field(min_length=1), lines(4_000)]


class FeedbackAsked(Sent):
    """The colleague to ask, by full name or employee number."""

    colleague: Annotated[str, line(200)]
    question: Words = ""


class FeedbackProposed(Sent):
    """The colleague whom one's manager might ask, by full name or employee number."""

    colleague: Annotated[str, line(200)]


class FeedbackAnswered(Sent):
    """The answer to a question about a colleague."""

    strengths: Words = ""
    improvements: Words = ""


class FeedbackQuestion(Shown):
    """What somebody is or was asked about a colleague; nothing of the scorecard."""

    id: int
    about: str
    period: str
    asked_by: str
    question: str
    state: FeedbackState
