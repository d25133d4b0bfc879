"""Which cycles are there, which policy and grades are in force in them, and which of their periods are open?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.access import Actor, may, note_question, require
from app.errors import Conflict, Invalid, NotFound
from app.models import Appraisal, Cycle, GradeBand, Period, Plan, PublishedScorecard
from app.rules import policy as rules
from app.rules.faults import Fault
from app.rules.numbers import plain
from app.rules.periods import LONGEST_CYCLE, MONTHS_OF, kind_of, periods_of
from app.rules.texts import text_faults, tidy
from app.rules.vocabulary import Action, CycleState, Frequency, Missing, PeriodState
from app.services import audit, review_policy
from app.services.gaps import Gap, gaps_of
from app.services.review_policy import ReviewAt

MAX_GRADES: Final = 10
MAX_SCORE: Final = Decimal(1000)
LONGEST_GRACE: Final = 60
"""Days after which an entry is late at the latest."""

_FIELDS: Final = {
    "cap": "score_cap",
    "criteria.priority": "priority_share",
    "criteria.difficulty": "difficulty_share",
    "criteria.credibility": "credibility_share",
    "statuses.ahead": "ahead_from",
}
"""Where the form has the field that a rule's fault names otherwise."""
_CODES: Final = {"ceiling_below_floor": "weight_ceiling_below_floor", "not_a_multiple_of_step": "weight_off_step"}
"""The codes whose text for JSON cards speaks of keys."""


@dataclass(frozen=True, slots=True)
class GradeValues:
    """One grade: its lower bound, its code, and its name in both languages."""

    lower: Decimal
    code: str
    name_en: str
    name_id: str


FIVE_GRADES: Final = (
    GradeValues(Decimal(110), "outstanding", "Outstanding", "Sangat Baik"),
    GradeValues(Decimal(90), "good", "Good", "Baik"),
    GradeValues(Decimal(70), "needs_improvement", "Needs Improvement", "Butuh Perbaikan"),
    GradeValues(Decimal(50), "poor", "Poor", "Kurang"),
    GradeValues(Decimal(0), "very_poor", "Very Poor", "Sangat Kurang"),
)
LETTER_GRADES: Final = (
    GradeValues(Decimal(110), "A", "A – Outstanding", "A – Sangat Baik"),
    GradeValues(Decimal(90), "B", "B – Good", "B – Baik"),
    GradeValues(Decimal(70), "C", "C – Fair", "C – Cukup"),
    GradeValues(Decimal(50), "D", "D – Poor", "D – Kurang"),
    GradeValues(Decimal(0), "E", "E – Very Poor", "E – Sangat Kurang"),
)


@dataclass(frozen=True, slots=True)
class PolicyValues:
    """The organisation's choices for a cycle; the defaults are those of docs/scoring.md."""

    priority_share: Decimal = Decimal(50)
    difficulty_share: Decimal = Decimal(30)
    credibility_share: Decimal = Decimal(20)
    weight_step: Decimal = Decimal(1)
    weight_floor: Decimal = Decimal(5)
    weight_ceiling: Decimal = Decimal(40)
    score_floor: Decimal = Decimal(0)
    score_cap: Decimal = Decimal(120)
    missing: Missing = Missing.EXCLUDE
    on_track_from: Decimal = Decimal(90)
    ahead_from: Decimal = Decimal(110)
    grades: Sequence[GradeValues] = FIVE_GRADES
    asks_agreement: bool = True
    """Whether employees accept their plans before a manager approves them."""
    entry_grace_days: int = 7
    """How long after its last day a figure may be recorded without being late."""


_PERCENTAGES: Final = (
    "priority_share", "difficulty_share", "credibility_share", "weight_step", "weight_floor", "weight_ceiling",
)  # fmt: skip
_CHOICES: Final = ("missing", "asks_agreement", "entry_grace_days")
_SCORES: Final = ("score_floor", "score_cap", "on_track_from", "ahead_from")


@dataclass(frozen=True, slots=True)
class CycleValues:
    """What it takes to open a cycle."""

    code: str
    name: str
    starts_on: date
    ends_on: date
    period_kind: Frequency = Frequency.MONTHLY
    policy: PolicyValues = field(default_factory=PolicyValues)
    review_at: ReviewAt = ReviewAt.LAST


def policy_of(cycle: Cycle) -> rules.Policy:
    """The policy of a cycle as a value of the rules."""
    return rules.Policy(
        floor=Fraction(cycle.score_floor),
        cap=Fraction(cycle.score_cap),
        missing=cycle.missing,
        criteria=rules.Criteria(
            priority=Fraction(cycle.priority_share),
            difficulty=Fraction(cycle.difficulty_share),
            credibility=Fraction(cycle.credibility_share),
        ),
        weight_step=Fraction(cycle.weight_step),
        weight_floor=Fraction(cycle.weight_floor),
        weight_ceiling=Fraction(cycle.weight_ceiling),
        grades=tuple(rules.GradeBand(Fraction(band.lower), band.code) for band in cycle.bands),
        statuses=rules.StatusThresholds(ahead=Fraction(cycle.ahead_from), on_track=Fraction(cycle.on_track_from)),
    )


def values_of(cycle: Cycle) -> PolicyValues:
    """The policy of a cycle as it was typed, for the form that changes it."""
    grades = [GradeValues(band.lower, band.code, band.name_en, band.name_id) for band in cycle.bands]
    typed = {name: getattr(cycle, name) for name in (*_PERCENTAGES, *_SCORES, *_CHOICES)}
    return PolicyValues(**typed, grades=grades)


def period_of(cycle: Cycle, code: str) -> Period:
    """The period of a cycle by its code."""
    found = next((period for period in cycle.periods if period.code == code), None)
    if found is None:
        raise NotFound
    return found


def period_kind_of(cycle: Cycle) -> Frequency:
    """Of which kind the periods of a cycle are."""
    return kind_of(cycle.periods[0].code)


def check_may_write(session: Session, actor: Actor) -> None:
    """Refuse those who may not decide about cycles."""
    require(session, actor, Action.CYCLE_WRITE)


def check_policy_open(session: Session, cycle: Cycle) -> None:
    """Refuse a change of policy once something was published by it."""
    if is_policy_frozen(session, cycle):
        raise Conflict("policy_in_use")


def list_gaps(session: Session, actor: Actor, *, period: Period) -> list[Gap]:
    """What is still missing in a period, for the people on whose entries the actor may look."""
    note_question(session, Action.ENTRY_READ)
    return gaps_of(session, period, may(actor, Action.ENTRY_READ, Plan.person_id))


def list_cycles(session: Session, actor: Actor) -> list[Cycle]:
    """All cycles, the latest first."""
    require(session, actor, Action.CYCLE_READ)
    return list(session.scalars(_with_parts().order_by(Cycle.starts_on.desc(), Cycle.code)))


def get_cycle(session: Session, actor: Actor, *, cycle_id: int) -> Cycle:
    """One cycle by its id."""
    require(session, actor, Action.CYCLE_READ)
    return _found(session.scalar(_with_parts().where(Cycle.id == cycle_id)))


def cycle_by_code(session: Session, actor: Actor, *, code: str) -> Cycle:
    """One cycle by its code."""
    require(session, actor, Action.CYCLE_READ)
    if text_faults("code", code, limit=40):
        raise NotFound
    return _found(session.scalar(_with_parts().where(Cycle.code == code)))


def current_cycle(session: Session, today: date) -> Cycle | None:
    """The cycle in which today lies, the one begun last if there are several; else the one that ended last."""
    begun = _with_parts().where(Cycle.starts_on <= today, Cycle.state != CycleState.DRAFT)
    running = begun.where(Cycle.ends_on >= today).order_by(Cycle.starts_on.desc(), Cycle.id)
    return session.scalar(running.limit(1)) or session.scalar(begun.order_by(Cycle.ends_on.desc(), Cycle.id).limit(1))


def open_cycle(session: Session, actor: Actor, *, values: CycleValues) -> Cycle:
    """Make a cycle with its periods, its policy and its grade scale."""
    require(session, actor, Action.CYCLE_WRITE)
    faults = [*_cycle_faults(session, values), *policy_faults(values.policy)]
    if faults:
        raise Invalid(faults)
    cycle = Cycle(
        code=values.code,
        name=tidy(values.name),
        starts_on=values.starts_on,
        ends_on=values.ends_on,
        state=CycleState.OPEN,
        changed_at=clock.now(),
        periods=[Period(**span._asdict()) for span in periods_of(values.period_kind, values.starts_on, values.ends_on)],
    )
    _write_policy(cycle, values.policy)
    session.add(cycle)
    session.flush()
    review_policy.begin(session, cycle, values.review_at)
    details = {"code": cycle.code, "starts_on": cycle.starts_on, "ends_on": cycle.ends_on, **_policy_facts(cycle)}
    audit.record(session, "cycle.opened", actor_id=actor.person_id, about=("cycle", cycle.id), details=details)
    return cycle


def change_policy(session: Session, actor: Actor, *, cycle_id: int, version: int, values: PolicyValues) -> Cycle:
    """Change policy and grade scale, as long as nothing was published by them."""
    require(session, actor, Action.CYCLE_WRITE)
    cycle = get_cycle(session, actor, cycle_id=cycle_id)
    if cycle.version != version:
        raise Conflict("stale")
    check_policy_open(session, cycle)
    faults = policy_faults(values)
    if faults:
        raise Invalid(faults)
    before = _policy_facts(cycle)
    cycle.bands.clear()
    session.flush()  # a band that keeps its lower bound would otherwise meet the one that it replaces
    _write_policy(cycle, values)
    cycle.changed_at = clock.now()
    # Grades stand in rows of their own, and two changes may fall into one tick of the clock
    flag_modified(cycle, "changed_at")
    session.flush()
    after = _policy_facts(cycle)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    audit.record(session, "cycle.policy_changed", actor_id=actor.person_id, about=("cycle", cycle.id), details=changed)
    return cycle


def is_policy_frozen(session: Session, cycle: Cycle) -> bool:
    """Whether a scorecard of the cycle was published, so that its policy must stay what it was."""
    published = (
        select(PublishedScorecard.id)
        .join(Appraisal, PublishedScorecard.appraisal_id == Appraisal.id)
        .join(Period, Appraisal.period_id == Period.id)
        .where(Period.cycle_id == cycle.id)
    )
    return bool(session.scalar(select(exists(published))))


def close_period(session: Session, actor: Actor, *, cycle_id: int, period_code: str) -> Period:
    """Let no more entries be recorded for a period; under the rule `block` none may be missing."""
    require(session, actor, Action.CYCLE_WRITE)
    cycle = get_cycle(session, actor, cycle_id=cycle_id)
    period = period_of(cycle, period_code)
    if period.state is PeriodState.CLOSED:
        raise Conflict("period_closed")
    if actor.today < period.ends_on:
        raise Conflict("period_not_over")
    missing = sum(len(gap.missing) for gap in gaps_of(session, period))
    if missing and cycle.missing is Missing.BLOCK:
        raise Conflict("entries_missing", {"count": str(missing)})
    period.state = PeriodState.CLOSED
    _record_period(session, actor, period, "period.closed", missing=missing)
    return period


def reopen_period(session: Session, actor: Actor, *, cycle_id: int, period_code: str) -> Period:
    """Let entries of a closed period be recorded and corrected again; what was published stays as it is."""
    require(session, actor, Action.CYCLE_WRITE)
    period = period_of(get_cycle(session, actor, cycle_id=cycle_id), period_code)
    if period.state is PeriodState.OPEN:
        raise Conflict("period_open")
    period.state = PeriodState.OPEN
    _record_period(session, actor, period, "period.reopened")
    return period


def policy_faults(values: PolicyValues) -> list[Fault]:
    """Everything in a policy that cannot be, each beside its field."""
    faults = [fault for name in _PERCENTAGES for fault in _number_faults(name, getattr(values, name), Decimal(100))]
    faults += [fault for name in _SCORES for fault in _number_faults(name, getattr(values, name), MAX_SCORE)]
    faults += _days_faults("entry_grace_days", values.entry_grace_days, LONGEST_GRACE)
    faults += _grade_faults(values.grades)
    if faults:
        return faults
    bands = tuple(rules.GradeBand(Fraction(grade.lower), grade.code.casefold()) for grade in values.grades)
    policy = rules.Policy(
        floor=Fraction(values.score_floor),
        cap=Fraction(values.score_cap),
        criteria=rules.Criteria(
            *(Fraction(share) for share in (values.priority_share, values.difficulty_share, values.credibility_share))
        ),
        weight_step=Fraction(values.weight_step),
        weight_floor=Fraction(values.weight_floor),
        weight_ceiling=Fraction(values.weight_ceiling),
        grades=bands,
        statuses=rules.StatusThresholds(ahead=Fraction(values.ahead_from), on_track=Fraction(values.on_track_from)),
    )
    return [
        Fault(_FIELDS.get(fault.at, fault.at), _CODES.get(fault.code, fault.code), fault.values)
        for fault in rules.policy_faults(policy)
    ]


def _number_faults(name: str, value: Decimal, highest: Decimal) -> list[Fault]:
    if not value.is_finite():
        return [Fault(name, "not_a_number")]
    if value < 0:
        return [Fault(name, "too_small", {"minimum": "0"})]
    if value > highest:
        return [Fault(name, "too_large", {"maximum": str(highest)})]
    return [] if value * 100 == (value * 100).to_integral_value() else [Fault(name, "more_than_2_decimals")]


def _days_faults(name: str, value: int, most: int) -> list[Fault]:
    if value < 0:
        return [Fault(name, "too_small", {"minimum": "0"})]
    return [Fault(name, "too_large", {"maximum": str(most)})] if value > most else []


def _grade_faults(grades: Sequence[GradeValues]) -> list[Fault]:
    faults = []
    if len(grades) > MAX_GRADES:
        faults.append(Fault("grades", "too_many_grades", {"maximum": str(MAX_GRADES)}))
    for place, grade in enumerate(grades):
        at = f"grades[{place}]"
        faults += _number_faults(f"{at}.lower", grade.lower, MAX_SCORE)
        faults += text_faults(f"{at}.code", tidy(grade.code), limit=40)
        faults += text_faults(f"{at}.name_en", tidy(grade.name_en), limit=100)
        faults += text_faults(f"{at}.name_id", tidy(grade.name_id), limit=100)
    return faults


def _cycle_faults(session: Session, values: CycleValues) -> list[Fault]:
    faults = text_faults("code", values.code, limit=40)
    # The code stands in addresses and file names
    if not faults and not all(sign.isascii() and (sign.isalnum() or sign in "-_.") for sign in values.code):
        faults.append(Fault("code", "code_signs"))
    if not faults and session.scalar(select(exists().where(func.lower(Cycle.code) == values.code.lower()))):
        faults.append(Fault("code", "already_taken"))
    faults += text_faults("name", tidy(values.name), limit=200)
    if values.ends_on <= values.starts_on:
        faults.append(Fault("ends_on", "ends_before_start"))
    elif (values.ends_on - values.starts_on).days >= LONGEST_CYCLE:
        faults.append(Fault("ends_on", "cycle_too_long"))
    if values.period_kind not in MONTHS_OF:
        faults.append(Fault("period_kind", "choice_unknown"))
    return faults


def _write_policy(cycle: Cycle, values: PolicyValues) -> None:
    for name in (*_PERCENTAGES, *_SCORES, *_CHOICES):
        setattr(cycle, name, getattr(values, name))
    cycle.bands = [
        GradeBand(lower=grade.lower, code=tidy(grade.code), name_en=tidy(grade.name_en), name_id=tidy(grade.name_id))
        for grade in sorted(values.grades, key=lambda grade: -grade.lower)
    ]


def _policy_facts(cycle: Cycle) -> dict[str, Any]:
    facts: dict[str, Any] = {name: plain(getattr(cycle, name)) for name in (*_PERCENTAGES, *_SCORES)}
    facts |= {name: getattr(cycle, name) for name in _CHOICES}
    facts["grades"] = [
        [format(band.lower.normalize(), "f"), band.code, band.name_en, band.name_id] for band in cycle.bands
    ]
    return facts


def _record_period(session: Session, actor: Actor, period: Period, action: str, **details: object) -> None:
    facts = {"cycle": period.cycle.code, "period": period.code, **details}
    audit.record(session, action, actor_id=actor.person_id, about=("period", period.id), details=facts)


def _with_parts() -> Select[Cycle]:
    return select(Cycle).options(selectinload(Cycle.periods), selectinload(Cycle.bands))


def _found(cycle: Cycle | None) -> Cycle:
    if cycle is None:
        raise NotFound
    return cycle
