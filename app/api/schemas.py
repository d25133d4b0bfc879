"""What goes over the wire about people, cycles, the library, entries and publications? Nothing else is public."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, Strict, WithJsonSchema

from app.api.wire import (
    NO_OTHER_KEYS,
    NUMBER_IN,
    NUMBER_OUT,
    UNIT_CODE,
    Code,
    Day,
    Flag,
    Id,
    Number,
    On,
    Sent,
    Shown,
    is_left_out,
    line,
    lines,
    number_text,
    read_number,
)
from app.rules.data_quality import Flag as EntryFlag
from app.rules.vocabulary import (
    CheckVerdict,
    CycleState,
    Frequency,
    Language,
    Missing,
    PeriodState,
    Role,
    SourceKind,
)

T = TypeVar("T")


class Page(Shown, Generic[T]):
    """One page of a list, and how long the whole list is."""

    items: Sequence[T]
    total: int


class Fault(Shown):
    """One refused value, at the field or path where it stands."""

    at: str = Field(examples=["kpis[1].scoring.low"])
    code: str = Field(examples=["low_not_below_high"])
    message: str


class Problem(Shown):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: Sequence[Fault] = Field(default=(), description="Every fault at once; left out where there is none.")


# --- People -----------------------------------------------------------------------------------------------------------


class PersonName(Shown):
    """Somebody, as others refer to them."""

    id: int
    number: str
    name: str


class UnitName(Shown):
    """A unit or position, as people refer to it."""

    id: int
    code: str
    name: str


class Person(PersonName):
    """Somebody on the staff; unit, position and manager are the present ones."""

    email: str | None
    joined_on: date
    left_on: date | None
    unit: UnitName | None
    position: UnitName | None
    placed_on: date | None
    manager: PersonName | None
    reports_on: date | None
    roles: Sequence[Role]
    version: int


class PersonCreate(Sent):
    """Somebody who joins; the first placement and reporting line hold from the day of joining."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"number": "K-0142", "name": "Siti Rahma", "joined_on": "2026-02-01", "email": None}]
        }
    )

    number: Annotated[str, line(40)]
    name: Annotated[str, line(200)]
    joined_on: Day
    email: Annotated[str, line(254)] | None = None
    left_on: Day | None = None
    unit_id: Id | None = None
    position_id: Id | None = None
    manager_id: Id | None = None


class PersonReplace(Sent):
    """Everything about a person anew; unit and position hold from `placed_on`, the manager from `reports_on`."""

    number: Annotated[str, line(40)]
    name: Annotated[str, line(200)]
    joined_on: Day
    email: Annotated[str, line(254)] | None
    left_on: Day | None
    unit_id: Id | None
    position_id: Id | None
    manager_id: Id | None
    placed_on: Day | None = Field(default=None, description="Left out: a change holds from today.")
    reports_on: Day | None = Field(default=None, description="Left out: a change holds from today.")


class Me(PersonName):
    """Whose token this is, and what it may do."""

    email: str
    roles: Sequence[Role]
    is_manager: bool = Field(description="Whether anybody reports to this person today.")
    language: Language
    today: date = Field(description="The day in the organisation's time zone.")


class Unit(UnitName):
    """A unit of the organisation."""

    parent_id: int | None


class UnitListed(Unit):
    """A unit in the order of the tree, with the number of its own people today."""

    people: int
    depth: int


class UnitSent(Sent):
    """A unit; without a code it gets one from its name."""

    name: Annotated[str, line(200)]
    code: Annotated[str, Field(max_length=40, pattern=UNIT_CODE)] = ""
    parent_id: Id | None = None


class PositionListed(UnitName):
    """A position, with the number of people who hold it today."""

    people: int


class PositionSent(Sent):
    """A position; without a code it gets one from its name."""

    name: Annotated[str, line(200)]
    code: Annotated[str, Field(max_length=40, pattern=UNIT_CODE)] = ""


# --- Cycles -----------------------------------------------------------------------------------------------------------


class Criteria(Sent):
    """How much each rating counts for the weight of a KPI, in percent; together 100."""

    priority: Number
    difficulty: Number
    credibility: Number


class Statuses(Sent):
    """From which achievement to date a running KPI counts as on track, and as ahead."""

    on_track: Number
    ahead: Number


class Grade(Sent):
    """A grade from its lower bound up."""

    lower: Number = Field(alias="from")
    code: Annotated[str, line(40)]
    name_en: Annotated[str, line(100)]
    name_id: Annotated[str, line(100)]


class Policy(Sent):
    """The organisation's choices for a cycle, in the words of a scorecard file."""

    floor: Number
    cap: Number
    missing: Missing
    criteria: Criteria
    weight_step: Number
    weight_floor: Number
    weight_ceiling: Number
    statuses: Statuses
    grades: Annotated[Sequence[Grade], Field(min_length=1, max_length=10)]
    asks_agreement: Flag = Field(
        default=True, description="Whether plans come into force only after their employee's acceptance."
    )
    entry_grace_days: Annotated[int, Strict(), Field(ge=0, le=60)] = Field(
        default=7, description="Days after the last day of its span until which an entry is not late."
    )


class CriteriaShown(Shown):
    """How much each rating counts for the weight of a KPI, in percent."""

    priority: Number
    difficulty: Number
    credibility: Number


class StatusesShown(Shown):
    """From which achievement to date a running KPI counts as on track, and as ahead."""

    on_track: Number
    ahead: Number


class GradeShown(Shown):
    """A grade from its lower bound up."""

    model_config = ConfigDict(populate_by_name=True)

    lower: Number = Field(alias="from")
    code: str
    name_en: str
    name_id: str


class PolicyShown(Shown):
    """The policy of a cycle, in the words of a scorecard file."""

    floor: Number
    cap: Number
    missing: Missing
    criteria: CriteriaShown
    weight_step: Number
    weight_floor: Number
    weight_ceiling: Number
    statuses: StatusesShown
    grades: Sequence[GradeShown]
    asks_agreement: bool
    entry_grace_days: int


class Period(Shown):
    """A part of a cycle for which people are scored."""

    code: str
    starts_on: date
    ends_on: date
    state: PeriodState


class Cycle(Shown):
    """The span that plans cover, with its policy and periods."""

    id: int
    code: str
    name: str
    starts_on: date
    ends_on: date
    state: CycleState
    policy: PolicyShown
    periods: Sequence[Period]
    version: int


class CycleCreate(Sent):
    """A cycle to open; without a policy it has the usual one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"code": "2027", "name": "Kinerja 2027", "starts_on": "2027-01-01", "ends_on": "2027-12-31"},
            ]
        }
    )

    code: Code
    name: Annotated[str, line(200)]
    starts_on: Day
    ends_on: Day
    period_kind: Frequency = Frequency.MONTHLY
    policy: Policy | None = None


# --- The KPI library --------------------------------------------------------------------------------------------------


# --- Entries ----------------------------------------------------------------------------------------------------------


def _read_figure(value: object) -> object:
    return value if isinstance(value, bool) else read_number(value)


def _figure(value: Decimal | bool) -> str | bool:  # noqa: FBT001 - what a yes/no KPI records
    return value if isinstance(value, bool) else number_text(value)


def _figure_schema(number: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [number, {"type": "boolean"}], "examples": ["65.5"]}


Figure = Annotated[
    Any,
    BeforeValidator(_read_figure),
    PlainSerializer(_figure, when_used="json"),
    WithJsonSchema(_figure_schema(NUMBER_IN), mode="validation"),
    WithJsonSchema(_figure_schema(NUMBER_OUT), mode="serialization"),
]
"""A number, or true and false of a yes/no KPI."""
_Name = Annotated[str, line(100)]


class EntrySent(Sent):
    """The figure of a KPI, in the words of a scorecard file; what is left out beside it stays as it was."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"value": "65.5", "source_kind": "system_of_record", "evidence_link": "https://crm.example/r/42"},
                {"inputs": {"won": "20", "leads": "100"}},
                {"reached": ["design"]},
            ]
        }
    )

    value: Figure | None = None
    inputs: Annotated[dict[_Name, Number], Field(max_length=24, json_schema_extra=NO_OTHER_KEYS)] | None = None
    reached: Annotated[Sequence[_Name], Field(max_length=24)] | None = None
    source_kind: SourceKind | None = None
    note: Annotated[str, lines(2000)] | None = None
    evidence_link: Annotated[str, Field(max_length=500, pattern=r"^(https?://[!-~]+)?$")] | None = None


class CheckSent(Sent):
    """What somebody found who looked an entry over."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"verdict": "ok"}]})

    verdict: CheckVerdict
    note: Annotated[str, lines(2000)] = ""


class Entry(Shown):
    """One recorded figure: a value, inputs or milestones, as the KPI measures."""

    on: str
    starts_on: date
    ends_on: date
    value: Figure | None = Field(default=None, exclude_if=is_left_out)
    inputs: dict[str, Number] | None = Field(default=None, exclude_if=is_left_out)
    reached: Sequence[str] | None = Field(default=None, exclude_if=is_left_out)
    source_kind: SourceKind
    note: str
    evidence_link: str
    recorded_at: datetime
    recorded_by: PersonName
    first_recorded_on: date
    changes: int
    evidence_files: int
    flags: Sequence[EntryFlag]
    version: int


# --- Publications -----------------------------------------------------------------------------------------------------


class PublicationSent(Sent):
    """Whose results of a period are to be made final."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cycle": "2026", "period": "2026-01", "person_ids": [14, 15]}]}
    )

    cycle: Code
    period: On
    person_ids: Annotated[Sequence[Id], Field(min_length=1, max_length=500)]
    comment: Annotated[str, lines(2000)] = ""


class Refusal(Shown):
    """Why one person's result could not be published."""

    code: str
    message: str
    errors: Sequence[Fault]


class PublicationOutcome(Shown):
    """What came of it for one person: the published result, or the refusal."""

    person_id: int
    total: Number | None
    grade: str | None
    verification_code: str | None
    refusal: Refusal | None


class Publication(Shown):
    """What came of publishing, person by person, in the order given."""

    outcomes: Sequence[PublicationOutcome]
