"""How far are the reviews of a period, person by person and unit by unit, and what is missing where?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access import Actor, may, note_question
from app.models import Cycle, GradeBand, Period, Person
from app.rules.vocabulary import RELEASED, Action, AppraisalState
from app.services.behaviours import behaviours_of
from app.services.listing import Listing
from app.services.review_cases import counts_behaviours, handed_in, rated_behaviours
from app.services.scorecard_facts import PeriodFacts, Placed, as_told, load_facts, people_on
from app.services.scorecard_lists import employed_in, has_plan, published_figures
from app.services.standings import ScoredPerson, score_person


class Lacking(StrEnum):
    """What a review still waits for."""

    APPROVAL = "approval"
    BEHAVIOURS = "behaviours"
    COMMENT = "comment"
    ENTRIES = "entries"
    PUBLICATION = "publication"
    SCORING = "scoring"
    SELF_ASSESSMENT = "self_assessment"


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One person's review in the list."""

    person: Placed
    state: AppraisalState
    total: Decimal | None
    grade: GradeBand | None
    lacking: tuple[Lacking, ...]
    may_score: bool = False
    """Whether the actor is one of those who score this person."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """How far the reviews of one unit are."""

    unit: str
    people: int
    self_assessed: int
    scored: int
    approved: int
    published: int


def list_reviews(
    session: Session, actor: Actor, cycle: Cycle, period: Period, *, offset: int = 0, limit: int = 50
) -> Listing[ReviewRow]:
    """The people on whose reviews the actor may look and who have a plan in the period, by name."""
    note_question(session, Action.SCORECARD_READ)
    people = select(Person).where(
        may(actor, Action.SCORECARD_READ, Person.id), employed_in(period.starts_on, period.ends_on), has_plan(period)
    )
    total = session.scalar(people.with_only_columns(func.count())) or 0
    ids = session.scalars(
        people.with_only_columns(Person.id).order_by(Person.name, Person.id).offset(offset).limit(limit)
    ).all()
    return Listing(_rows(session, actor, cycle, period, ids), total)


def units_of(rows: Sequence[ReviewRow]) -> list[UnitRow]:
    """The same people by unit."""
    found: dict[str, list[ReviewRow]] = {}
    for row in rows:
        found.setdefault(row.person.unit, []).append(row)
    return [_unit(unit, found[unit]) for unit in sorted(found)]


_SCORED = frozenset({AppraisalState.SCORED, AppraisalState.APPROVED, *RELEASED})
_APPROVED = frozenset({AppraisalState.APPROVED, *RELEASED})


def _unit(unit: str, rows: Sequence[ReviewRow]) -> UnitRow:
    return UnitRow(
        unit=unit,
        people=len(rows),
        self_assessed=sum(Lacking.SELF_ASSESSMENT not in row.lacking for row in rows),
        scored=sum(row.state in _SCORED for row in rows),
        approved=sum(row.state in _APPROVED for row in rows),
        published=sum(row.state in RELEASED for row in rows),
    )


def _rows(session: Session, actor: Actor, cycle: Cycle, period: Period, ids: Sequence[int]) -> list[ReviewRow]:
    released = _released(session, period, ids)
    facts = load_facts(session, cycle, period, [each for each in ids if each not in released], actor.today)
    placed = people_on(session, ids, period.ends_on)
    appraisals = [each.appraisal.id for each in facts.people.values() if each.appraisal]
    done = _Done(
        handed_in(session, appraisals),
        rated_behaviours(session, appraisals),
        len(behaviours_of(session, cycle.id)) if counts_behaviours(facts) else 0,
    )
    bands = {band.code: band for band in cycle.bands}
    scorable = select(Person.id).where(Person.id.in_(ids), may(actor, Action.APPRAISAL_SCORE, Person.id))
    mine = set(session.scalars(scorable))
    rows = []
    for person_id in ids:
        if person_id in released:
            state, total, grade = released[person_id]
            row = ReviewRow(placed[person_id], state, total, bands.get(grade or ""), ())
        elif person_id in facts.people:
            scored = score_person(facts, as_told(facts.people[person_id], actor.person_id))
            row = _row(placed[person_id], facts, scored, done, bands)
        else:
            continue
        rows.append(replace(row, may_score=person_id in mine))
    return rows


def _released(
    session: Session, period: Period, ids: Sequence[int]
) -> dict[int, tuple[AppraisalState, Decimal | None, str | None]]:
    """Those whose result is out, with the total and grade that were published: nothing is scored anew for them."""
    figures = published_figures(session, period, ids)
    return {each: (state, total, grade) for each, (total, grade, _, state) in figures.items() if state in RELEASED}


@dataclass(frozen=True, slots=True)
class _Done:
    handed_in: set[int]
    rated: Mapping[int, int]
    behaviours: int


def _row(
    person: Placed, facts: PeriodFacts, scored: ScoredPerson, done: _Done, bands: Mapping[str, GradeBand]
) -> ReviewRow:
    appraisal, made = scored.person.appraisal, scored.outcome
    state = appraisal.state if appraisal else AppraisalState.OPEN
    lacking = _lacking(facts, scored, done, state)
    return ReviewRow(person, state, made.total, bands.get(made.grade or ""), tuple(lacking))


def _lacking(facts: PeriodFacts, scored: ScoredPerson, done: _Done, state: AppraisalState) -> list[Lacking]:
    if state is AppraisalState.APPROVED:
        return [Lacking.PUBLICATION]
    if state is AppraisalState.SCORED:
        return [Lacking.APPROVAL if facts.cycle.asks_approval else Lacking.PUBLICATION]
    appraisal = scored.person.appraisal
    found = [Lacking.ENTRIES] if scored.blocking or made_of_nothing(scored) else []
    if not facts.period.asks_review:
        return found or [Lacking.PUBLICATION]
    key = appraisal.id if appraisal else 0
    if facts.cycle.asks_self_assessment and key not in done.handed_in and scored.person.person.left_on is None:
        found.append(Lacking.SELF_ASSESSMENT)
    if done.rated.get(key, 0) < done.behaviours:
        found.append(Lacking.BEHAVIOURS)
    if not (appraisal and appraisal.comment):
        found.append(Lacking.COMMENT)
    return found or [Lacking.SCORING]


def made_of_nothing(scored: ScoredPerson) -> bool:
    """Whether nothing has data yet."""
    return scored.result.total is None
