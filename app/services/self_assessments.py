"""How does an employee see the period: own words and figures, handed in when they are ready?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.access import Actor, require
from app.errors import Conflict, Invalid
from app.models import SelfAssessment
from app.models import SelfAssessmentKpi as OwnKpi
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import Action
from app.services.review_cases import ReviewCase, appraisal_of
from app.services.review_changes import (
    LONGEST_WORDS,
    case_for_change,
    check_open,
    number_faults,
    record_review,
)
from app.services.where import Where

MOST_ACHIEVEMENT: Final = Decimal(1000)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the employee says about one KPI."""

    words: str = ""
    achievement: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OwnView:
    """A self-assessment as it is sent."""

    words: str = ""
    kpis: Mapping[str, OwnWords] = field(default_factory=dict)
    """By code."""


def check_may_assess(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse everybody but the employee."""
    require(session, actor, Action.APPRAISAL_SELF_ASSESS, person_id)


def save_own_view(
    session: Session,
    actor: Actor,
    *,
    where: Where,
    version: int | None,
    values: OwnView,
    hand_in: bool = False,
) -> SelfAssessment:
    """Keep the employee's own view, whole or in part; handed in it is read by the manager and stays as it is."""
    require(session, actor, Action.APPRAISAL_SELF_ASSESS, where.person_id)
    case = case_for_change(session, actor, where)
    check_open(case)
    own = case.own
    if case.is_handed_in:
        raise Conflict("self_assessment_handed_in")
    if (own.version if own else None) != version:
        raise Conflict("stale")
    words, said = tidy_lines(values.words), _checked_own(case, values)
    faults = text_faults("words", words, limit=LONGEST_WORDS, required=False)
    if hand_in and not words and not any(each.words for each in said.values()):
        faults.append(Fault("words", "required"))
    if faults:
        raise Invalid(faults)
    own = _written(session, case, words, said)
    if hand_in:
        own.handed_in_at = clock.now()
    session.flush()
    act = "self_assessment.handed_in" if hand_in else "self_assessment.saved"
    record_review(session, actor, case, act, own.appraisal_id, {"kpis": len(said)})
    return own


def _written(session: Session, case: ReviewCase, words: str, said: Mapping[str, OwnWords]) -> SelfAssessment:
    own = case.own
    if own is None:
        own = SelfAssessment(appraisal_id=appraisal_of(session, case.scored).id)
        session.add(own)
    kept = {each.kpi_code: each for each in own.kpis}
    own.kpis = [kept.get(code) or OwnKpi(kpi_code=code) for code in said]
    for row in own.kpis:
        row.words, row.achievement = said[row.kpi_code].words, said[row.kpi_code].achievement
    own.words, own.changed_at = words, clock.now()
    flag_modified(own, "changed_at")
    return own


def take_back_own_view(session: Session, actor: Actor, *, where: Where) -> SelfAssessment:
    """Write on the self-assessment again, as long as the manager has not handed in the scoring."""
    require(session, actor, Action.APPRAISAL_SELF_ASSESS, where.person_id)
    case = case_for_change(session, actor, where)
    check_open(case)
    if case.own is None or case.own.handed_in_at is None:
        raise Conflict("self_assessment_not_handed_in")
    case.own.handed_in_at = None
    session.flush()
    record_review(session, actor, case, "self_assessment.taken_back", case.own.appraisal_id, {})
    return case.own


def _checked_own(case: ReviewCase, values: OwnView) -> dict[str, OwnWords]:
    codes = [each.kpi.code for each in case.scored.kpis]
    faults = [Fault(f"kpis[{code}]", "kpi_not_of_plan") for code in values.kpis if code not in codes]
    said = {}
    for code in codes:
        given = values.kpis.get(code, OwnWords())
        words, at = tidy_lines(given.words), f"kpis[{code}]"
        faults += text_faults(f"{at}.words", words, limit=LONGEST_WORDS, required=False)
        if given.achievement is not None:
            faults += number_faults(f"{at}.achievement", given.achievement, Decimal(0), MOST_ACHIEVEMENT)
        if words or given.achievement is not None:
            said[code] = OwnWords(words, given.achievement)
    if faults:
        raise Invalid(faults)
    return said
