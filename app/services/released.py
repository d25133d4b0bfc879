"""Which appraisal is it that was published, in which version, and may this step be taken with it?"""

import json
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.access import managers_above, seconds_named
from app.errors import Conflict, Invalid, NotFound
from app.models import Appraisal, Cycle, Period, PublishedScorecard
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import AppraisalState
from app.rules.workflow import APPRAISAL, Condition, Step, StepRefused, moved
from app.services.where import Where

LONGEST_WORDS = 4_000


def appraisal_for_change(session: Session, where: Where) -> Appraisal:
    """A person's appraisal for a period, read anew and locked until the transaction ends."""
    wanted = (
        select(Appraisal)
        .join(Appraisal.period)
        .join(Period.cycle)
        .where(
            Appraisal.person_id == where.person_id,
            Cycle.code == where.cycle_code,
            Period.code == where.period_code,
        )
        .options(contains_eager(Appraisal.period).contains_eager(Period.cycle), joinedload(Appraisal.person))
        .with_for_update(of=Appraisal)
        .execution_options(populate_existing=True)
    )
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("not_published")
    return found


def latest_version(session: Session, appraisal_id: int) -> PublishedScorecard:
    """The version in force."""
    found = session.scalar(
        select(PublishedScorecard)
        .where(PublishedScorecard.appraisal_id == appraisal_id)
        .order_by(PublishedScorecard.version_number.desc())
        .limit(1)
        .options(joinedload(PublishedScorecard.published_by))
    )
    if found is None:
        raise NotFound("not_published")
    return found


def appeal_day(scorecard: PublishedScorecard) -> date | None:
    """The last day of objection as the paper promises it; none where a version brings no new one."""
    until = json.loads(scorecard.snapshot)["scorecard"].get("appeal_until")
    return date.fromisoformat(until) if until else None


def state_after(appraisal: Appraisal, step: Step, holding: frozenset[Condition] = frozenset()) -> AppraisalState:
    """The state after a step; refused with the first reason against it."""
    try:
        return moved(APPRAISAL, appraisal.state, step, holding)
    except StepRefused as refused:
        raise Conflict(refused.codes[0]) from refused


def checked_words(at: str, words: str, *, required: bool = True) -> str:
    """What somebody wrote, tidied; refused where it cannot be kept."""
    tidied = tidy_lines(words)
    faults = text_faults(at, tidied, limit=LONGEST_WORDS, required=required)
    if faults:
        raise Invalid(faults)
    return tidied


def second_level(session: Session, person_id: int, today: date) -> int | None:
    """The manager's manager, or who was named to decide where the line ends before; none where nobody was."""
    managers = managers_above(session, person_id, today)
    return managers[1] if len(managers) > 1 else next(iter(seconds_named(session, person_id, today)), None)


def total_faults(total: Decimal, cycle: Cycle) -> list[Fault]:
    """What speaks against a total that a person sets: it stays within the policy and has two decimals at most."""
    if total < cycle.score_floor:
        return [Fault("total", "too_small", {"minimum": str(cycle.score_floor)})]
    if total > cycle.score_cap:
        return [Fault("total", "too_large", {"maximum": str(cycle.score_cap)})]
    return [] if total * 100 == (total * 100).to_integral_value() else [Fault("total", "more_than_2_decimals")]
