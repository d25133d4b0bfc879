"""How do results compare before they are released, and who moved whose total and why?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from app.access import Actor, may, note_question, require
from app.errors import Conflict, Invalid, NotFound
from app.models import Adjustment, Appraisal, Cycle, Period, Person
from app.rules import calibration as rules
from app.rules.calibration import GradeShare, Spread, Totals
from app.rules.column_charts import ColumnChart, pairs_of
from app.rules.faults import Fault
from app.rules.grading import grade
from app.rules.policy import GradeBand
from app.rules.vocabulary import RELEASED, Action, AdjustmentKind, Language
from app.rules.workflow import Condition
from app.services.adjustments import add_adjustment
from app.services.appraisals import facts_for_change
from app.services.cycles import policy_of
from app.services.people_lists import placed_in
from app.services.released import checked_words, total_faults
from app.services.review_cases import appraisal_of
from app.services.scorecard_facts import PersonFacts, load_facts
from app.services.scorecard_lists import employed_in, has_plan, is_published
from app.services.standings import ScoredPerson, score_person

MOST: Final = 400
"""People whose results are compared at a time; a larger company is looked at unit by unit."""
_AT_ONCE: Final = 100
_CHART: Final = (560, 140)


@dataclass(frozen=True, slots=True)
class CalibratedRow:
    """One person's result that is not published yet."""

    person_id: int
    number: str
    name: str
    unit: str
    manager_id: int | None
    manager: str
    computed: Decimal
    before: Decimal
    """What calibration is laid over: computed, or as the manager adjusted it."""
    after: Decimal
    grade_before: str
    grade_after: str

    @property
    def is_moved(self) -> bool:
        """Whether calibration set another total."""
        return self.after != self.before


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One move that was made, or taken back."""

    at: datetime
    by: str
    name: str
    computed_total: Decimal
    total: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """Everything that a session of calibration looks at."""

    rows: Sequence[CalibratedRow]
    before: Sequence[GradeShare]
    after: Sequence[GradeShare]
    moves: Mapping[str, int]
    managers: Sequence[tuple[str, Spread[Any]]]
    units: Sequence[tuple[str, Spread[Any]]]
    history: Sequence[MoveRow]
    without_total: int
    """Who has no figures yet."""
    is_cut: bool
    """Whether there are more people than are compared at a time."""


SORTS: Final[Mapping[str, Callable[[CalibratedRow], Any]]] = {
    "name": lambda row: row.name.casefold(),
    "manager": lambda row: (row.manager.casefold(), row.name.casefold()),
    "unit": lambda row: (row.unit.casefold(), row.name.casefold()),
    "total": lambda row: (-row.after, row.name.casefold()),
    "moved": lambda row: (-abs(row.after - row.before), row.name.casefold()),
}


def calibration_view(
    session: Session, actor: Actor, cycle: Cycle, period: Period, *, unit_id: int | None = None, sort: str = "name"
) -> CalibrationView:
    """The results of a period that are not published yet, of those whom the actor may calibrate; never their own."""
    note_question(session, Action.APPRAISAL_CALIBRATE)
    people = select(Person.id).where(
        may(actor, Action.APPRAISAL_CALIBRATE, Person.id),
        employed_in(period.starts_on, period.ends_on),
        has_plan(period),
        ~is_published(period),
    )
    if unit_id is not None:
        people = people.where(Person.id.in_(placed_in(unit_id, min(actor.today, period.ends_on))))
    ids = session.scalars(people.order_by(Person.name, Person.id).limit(MOST + 1)).all()
    rows, without = _rows(session, actor, cycle, period, ids[:MOST])
    bands = policy_of(cycle).grades
    by_manager = [Totals((row.manager_id, row.manager), row.before, row.after) for row in rows]
    by_unit = [Totals(row.unit, row.before, row.after) for row in rows]
    return CalibrationView(
        rows=sorted(rows, key=SORTS[sort]),
        before=rules.distribution([row.before for row in rows], bands),
        after=rules.distribution([row.after for row in rows], bands),
        moves=rules.moves(by_unit, bands),
        managers=sorted(
            ((name, spread) for (_, name), spread in rules.spreads(by_manager, bands).items()),
            key=lambda pair: (-pair[1].mean, pair[0]),
        ),
        units=sorted(rules.spreads(by_unit, bands).items(), key=lambda pair: (-pair[1].mean, pair[0])),
        history=_history(session, period, ids[:MOST]),
        without_total=without,
        is_cut=len(ids) > MOST,
    )


def columns_of(view: CalibrationView, names: Mapping[str, str]) -> ColumnChart:
    """How many results reach each grade before and after, as columns; the lowest grade left, as on every scale."""
    pairs = zip(reversed(view.before), reversed(view.after), strict=True)
    return pairs_of([(names[old.grade], old.count, new.count) for old, new in pairs], *_CHART)


def grade_names(cycle: Cycle, language: Language) -> dict[str, str]:
    """What the grades of a cycle are called, highest first."""
    is_indonesian = language is Language.INDONESIAN
    return {band.code: band.name_id if is_indonesian else band.name_en for band in cycle.bands}


def move_total(
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    period_id: int,
    total: Decimal | None,
    seen: Decimal,
    reason: str,
) -> Adjustment:
    """Set another total beside the computed one, or take back what calibration set, with a reason.

    `seen` is the computed total that was looked at; where it has changed meanwhile nothing is moved.
    """
    require(session, actor, Action.APPRAISAL_CALIBRATE, person_id)
    reason = checked_words("reason", reason)
    period = session.scalar(select(Period).where(Period.id == period_id).options(joinedload(Period.cycle)))
    if period is None:
        raise NotFound
    facts = facts_for_change(session, actor, period, [person_id])
    if person_id not in facts.people:
        raise Conflict(Condition.PLAN_ACTIVE)
    scored = score_person(facts, facts.people[person_id])
    _check_movable(scored, total, seen)
    computed = scored.outcome.computed
    if computed is None:
        raise Conflict(Condition.SOMETHING_SCORED)
    if _has_stale_appeal(scored):  # decided for figures that a correction has changed since
        add_adjustment(
            session,
            actor,
            appraisal_of(session, scored),
            AdjustmentKind.APPEAL,
            total=None,
            computed_total=computed,
            reason=reason,
        )
    wished = None if total == scored.outcome.before(AdjustmentKind.CALIBRATION) else total
    return add_adjustment(
        session,
        actor,
        appraisal_of(session, scored),
        AdjustmentKind.CALIBRATION,
        total=wished,
        computed_total=computed,
        reason=reason,
    )


def check_may_calibrate(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse who never calibrates this person, before anything else is looked at."""
    require(session, actor, Action.APPRAISAL_CALIBRATE, person_id)


# --- Parts ------------------------------------------------------------------------------------------------------------


def _check_movable(scored: ScoredPerson, total: Decimal | None, seen: Decimal) -> None:
    appraisal, made = scored.person.appraisal, scored.outcome
    if appraisal is not None and appraisal.state in RELEASED:
        raise Conflict(f"already_{appraisal.state.value}")
    if made.computed is None:
        raise Conflict(Condition.SOMETHING_SCORED)
    if made.computed != seen:
        raise Conflict("stale")
    faults = [] if total is None else total_faults(total, scored.facts.cycle)
    current = {each.kind: each.total for each in made.adjustments}.get(AdjustmentKind.CALIBRATION)
    is_needless = current is None and not _has_stale_appeal(scored)
    if not faults and is_needless and total in {None, made.before(AdjustmentKind.CALIBRATION)}:
        faults = [Fault("total", "total_stands_already")]
    if faults:
        raise Invalid(faults)


def _has_stale_appeal(scored: ScoredPerson) -> bool:
    return any(each.kind is AdjustmentKind.APPEAL for each in scored.outcome.stale)


def _rows(
    session: Session, actor: Actor, cycle: Cycle, period: Period, ids: Sequence[int]
) -> tuple[list[CalibratedRow], int]:
    rows: list[CalibratedRow] = []
    without = 0
    for start in range(0, len(ids), _AT_ONCE):
        facts = load_facts(session, cycle, period, ids[start : start + _AT_ONCE], actor.today)
        for person in facts.people.values():
            row = _row(score_person(facts, person), person, facts.policy.grades)
            if row is None:
                without += 1
            else:
                rows.append(row)
    return rows, without


def _row(scored: ScoredPerson, person: PersonFacts, bands: Sequence[GradeBand]) -> CalibratedRow | None:
    made, placed = scored.outcome, person.person
    before = made.before(AdjustmentKind.CALIBRATION)
    if made.total is None or before is None or made.computed is None:
        return None
    return CalibratedRow(
        person_id=placed.id,
        number=placed.number,
        name=placed.name,
        unit=placed.unit,
        manager_id=person.appraiser.id if person.appraiser else None,
        manager=person.appraiser.name if person.appraiser else "",
        computed=made.computed,
        before=before,
        after=made.total,
        grade_before=grade(before, bands),
        grade_after=grade(made.total, bands),
    )


def _history(session: Session, period: Period, ids: Sequence[int]) -> list[MoveRow]:
    author = aliased(Person)
    rows = session.execute(
        select(Adjustment.at, author.name, Person.name, Adjustment.computed_total, Adjustment.total, Adjustment.reason)
        .join(Appraisal, Adjustment.appraisal_id == Appraisal.id)
        .join(Person, Appraisal.person_id == Person.id)
        .join(author, Adjustment.by_id == author.id)
        .where(
            Appraisal.period_id == period.id,
            Appraisal.person_id.in_(ids),
            Adjustment.kind == AdjustmentKind.CALIBRATION,
        )
        .order_by(Adjustment.id.desc())
        .limit(100)
    )
    return [MoveRow(*row) for row in rows]


def note_looking(session: Session) -> None:
    """Where there is no cycle yet there is nothing to be refused."""
    note_question(session, Action.APPRAISAL_CALIBRATE)
