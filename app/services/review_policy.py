"""Which periods of a cycle end with a review, and what is asked in it?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.access import Actor, require
from app.errors import Conflict, Invalid
from app.models import Appraisal, Behaviour, BehaviourRating, Cycle, Period
from app.rules.faults import Fault
from app.rules.numbers import plain
from app.rules.outcome import LEVELS
from app.rules.texts import text_faults, tidy
from app.rules.vocabulary import RELEASED, Action
from app.services import audit, behaviours
from app.services.behaviours import BehaviourValues

MOST_BEHAVIOURS: Final = 8
MOST_POINTS: Final = Decimal(100)
_FLAGS: Final = ("asks_self_assessment", "asks_approval", "shows_feedback", "names_feedback")
_NUMBERS: Final = ("behaviour_share", "max_adjustment")


class ReviewAt(StrEnum):
    """At the end of which periods of a new cycle people are reviewed."""

    EVERY = "every"
    LAST = "last"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """What the reviews of a cycle ask for."""

    periods: Collection[str] = ()
    """Codes of the periods that end with a review."""
    asks_self_assessment: bool = False
    asks_approval: bool = False
    behaviour_share: Decimal = Decimal(0)
    max_adjustment: Decimal = Decimal(10)
    shows_feedback: bool = False
    names_feedback: bool = False
    behaviours: Sequence[BehaviourValues] = ()


def review_policy_of(session: Session, cycle: Cycle) -> ReviewPolicy:
    """The policy in force."""
    return ReviewPolicy(
        periods=[period.code for period in cycle.periods if period.asks_review],
        behaviours=[behaviours.values_of(each) for each in behaviours.behaviours_of(session, cycle.id)],
        **{name: getattr(cycle, name) for name in (*_FLAGS, *_NUMBERS)},
    )


def begin(session: Session, cycle: Cycle, at: ReviewAt) -> None:
    """Give a new cycle its reviews; what they ask for is what those of the cycle before asked for."""
    earlier = select(Cycle).where(Cycle.starts_on < cycle.starts_on)
    before = session.scalar(earlier.order_by(Cycle.starts_on.desc(), Cycle.id.desc()).limit(1))
    if before is not None:
        for name in (*_FLAGS, *_NUMBERS):
            setattr(cycle, name, getattr(before, name))
    periods = sorted(cycle.periods, key=lambda period: period.starts_on)
    for period in periods:
        period.asks_review = at is ReviewAt.EVERY or (at is ReviewAt.LAST and period is periods[-1])
    for place, values in enumerate(behaviours.inherited(session, before), start=1):
        behaviours.add(session, cycle, place, values)
    session.flush()


def is_review_frozen(session: Session, cycle: Cycle) -> bool:
    """Whether a period that ends with a review has a published result, so that its rules must stay."""
    return _is_released(session, cycle, Period.asks_review)


def change_review_policy(session: Session, actor: Actor, cycle: Cycle, *, version: int, values: ReviewPolicy) -> Cycle:
    """Change what reviews ask for, as long as nothing was published after one."""
    require(session, actor, Action.CYCLE_WRITE)
    if cycle.version != version:
        raise Conflict("stale")
    if is_review_frozen(session, cycle):
        raise Conflict("review_policy_in_use")
    values = _tidied(values)
    faults = [*_faults(values), *_period_faults(session, cycle, values)]
    if faults:
        raise Invalid(faults)
    before = _facts(review_policy_of(session, cycle))
    for name in (*_FLAGS, *_NUMBERS):
        setattr(cycle, name, getattr(values, name))
    for period in cycle.periods:
        period.asks_review = period.code in values.periods
    _write_behaviours(session, cycle, values.behaviours)
    cycle.changed_at = clock.now()
    flag_modified(cycle, "changed_at")  # rows of other tables have changed, and two changes may share a tick
    session.flush()
    after = _facts(review_policy_of(session, cycle))
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    audit.record(session, "cycle.review_changed", actor_id=actor.person_id, about=("cycle", cycle.id), details=changed)
    return cycle


def _is_released(session: Session, cycle: Cycle, *conditions: Any) -> bool:
    released = (
        select(Appraisal.id)
        .join(Period, Appraisal.period_id == Period.id)
        .where(Period.cycle_id == cycle.id, Appraisal.state.in_(RELEASED), *conditions)
    )
    return bool(session.scalar(select(exists(released))))


def _tidied(values: ReviewPolicy) -> ReviewPolicy:
    return replace(
        values,
        behaviours=[
            BehaviourValues(
                tidy(each.name_en),
                tidy(each.name_id),
                [tidy(text) for text in each.anchors_en],
                [tidy(text) for text in each.anchors_id],
            )
            for each in values.behaviours
        ],
    )


def _faults(values: ReviewPolicy) -> list[Fault]:
    faults = []
    for name in _NUMBERS:
        number: Decimal = getattr(values, name)
        if not 0 <= number <= MOST_POINTS:
            faults.append(Fault(name, "too_small" if number < 0 else "too_large", _bounds(number)))
        elif number * 100 != (number * 100).to_integral_value():
            faults.append(Fault(name, "more_than_2_decimals"))
    if values.behaviour_share and not values.behaviours:
        faults.append(Fault("behaviours", "behaviours_none"))
    if len(values.behaviours) > MOST_BEHAVIOURS:
        faults.append(Fault("behaviours", "too_many_parts", {"most": str(MOST_BEHAVIOURS)}))
    for place, each in enumerate(values.behaviours):
        faults += _behaviour_faults(f"behaviours[{place}]", each)
    return faults


def _bounds(number: Decimal) -> dict[str, str]:
    return {"minimum": "0"} if number < 0 else {"maximum": plain(MOST_POINTS)}


def _behaviour_faults(at: str, values: BehaviourValues) -> list[Fault]:
    faults = text_faults(f"{at}.name_en", values.name_en, limit=100)
    faults += text_faults(f"{at}.name_id", values.name_id, limit=100)
    for language, anchors in (("en", values.anchors_en), ("id", values.anchors_id)):
        if len(anchors) != LEVELS:
            faults.append(Fault(f"{at}.anchors_{language}", "required"))
            continue
        for level, text in enumerate(anchors):
            faults += text_faults(f"{at}.anchors_{language}[{level}]", text, limit=500)
    return faults


def _period_faults(session: Session, cycle: Cycle, values: ReviewPolicy) -> list[Fault]:
    codes = {period.code: period for period in cycle.periods}
    if unknown := [code for code in values.periods if code not in codes]:
        return [Fault("periods", "period_unknown", {"code": code}) for code in unknown]
    added = [codes[code].id for code in values.periods if not codes[code].asks_review]
    if added and _is_released(session, cycle, Period.id.in_(added)):
        return [Fault("periods", "period_is_published")]
    stored = behaviours.behaviours_of(session, cycle.id)
    is_rated = session.scalar(select(exists().where(BehaviourRating.behaviour_id.in_([each.id for each in stored]))))
    if is_rated and len(stored) != len(values.behaviours):
        return [Fault("behaviours", "behaviours_rated")]
    return []


def _write_behaviours(session: Session, cycle: Cycle, wanted: Sequence[BehaviourValues]) -> None:
    stored = behaviours.behaviours_of(session, cycle.id)
    for behaviour, values in zip(stored, wanted, strict=False):
        behaviours.write(behaviour, values)
    for place, values in enumerate(wanted[len(stored) :], start=len(stored) + 1):
        behaviours.add(session, cycle, place, values)
    spare: list[Behaviour] = stored[len(wanted) :]
    for behaviour in spare:
        session.delete(behaviour)
    session.flush()


def _facts(values: ReviewPolicy) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(values, name) for name in _FLAGS}
    facts |= {name: plain(getattr(values, name)) for name in _NUMBERS}
    facts["periods"] = ", ".join(sorted(values.periods))
    facts["behaviours"] = "; ".join(each.name_en for each in values.behaviours)
    return facts
