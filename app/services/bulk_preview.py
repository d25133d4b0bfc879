"""What will the plans look like that are made in one step: which targets move from what to what, and which stay?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Cycle, Kpi, Objective, Plan
from app.rules.carry_over import Kept, Targets, Terms, carried, kept_because
from app.rules.vocabulary import Method
from app.services.last_actuals import last_actuals
from app.services.plan_bulk import BulkWish, Outcome, Recipient, count_of, plans_with_parts, recipients
from app.services.plan_copies import renewed_titles, targets_of
from app.services.plan_drafts import kpis_of

_PERCENT = "%"
_AT_A_TIME = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    """One KPI with its targets now and then."""

    kpi: Kpi
    before: Targets
    after: Targets
    kept: Kept | None
    """Why they stay; None where they change."""
    actual: Decimal | None
    """The last actual, which becomes the value before."""

    @property
    def is_above_100(self) -> bool:
        """Whether a target in percent leaves the 100 behind that it respected so far."""
        was, becomes = self.before.target, self.after.target
        if self.kpi.unit_of_measure.strip() != _PERCENT or was is None or becomes is None:
            return False
        return was <= Decimal(100) < becomes


@dataclass(frozen=True, slots=True)
class Sample:
    """One source plan with the people whose plan begins with it, as far as they are shown."""

    plan: Plan
    recipient: Recipient
    lines: Sequence[Line]
    titles: Sequence[tuple[Objective, str]]
    """The objectives with the titles that they get."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that is known before the plans are made."""

    people: Sequence[Recipient]
    counts: Mapping[Outcome, int]
    samples: Sequence[Sample]
    kept: Mapping[Kept | None, int]
    """How many KPIs of all source plans keep their targets for which reason; under None those that change."""
    partial: int
    """How many source plans were agreed for a part of their cycle only."""
    examples: Sequence[Line]
    """A KPI of the samples for each direction in which targets move."""


def preview(session: Session, actor: Actor, wish: BulkWish, *, samples: int) -> Preview:
    """What would be made, with the first so many plans in full; nothing is written."""
    people = recipients(session, actor, wish)
    chosen = [each for each in people if each.outcome is Outcome.GETS_PLAN]
    first = {each.source_id: each for each in reversed(chosen) if each.source_id is not None}
    wanted = list(reversed(first.values()))[:samples]
    shown = _samples(session, wish, wanted)
    return Preview(
        people=people,
        counts=count_of(people),
        samples=shown,
        kept=_kept(session, list(first), wish.terms),
        partial=_partial(session, list(first)),
        examples=_examples([line for sample in shown for line in sample.lines]),
    )


def _samples(session: Session, wish: BulkWish, wanted: Sequence[Recipient]) -> list[Sample]:
    plans = plans_with_parts(session, {each.source_id for each in wanted if each.source_id is not None})
    is_carried = wish.source_cycle_id is not None and wish.with_actuals
    actuals = last_actuals(session, plans.values()) if is_carried else {}
    cycle = session.get_one(Cycle, wish.cycle_id)
    return [
        Sample(plan, each, _lines(plan, wish.terms, actuals), _titles(plan, cycle, wish))
        for each in wanted
        if (plan := plans.get(each.source_id or 0)) is not None
    ]


def _lines(plan: Plan, terms: Terms, actuals: Mapping[int, Decimal | None]) -> list[Line]:
    return [_line(kpi, terms, actuals.get(kpi.id)) for kpi in kpis_of(plan)]


def _titles(plan: Plan, cycle: Cycle, wish: BulkWish) -> list[tuple[Objective, str]]:
    renewed = renewed_titles(plan, cycle) if wish.renews_years else {}
    return [(objective, renewed.get(objective.id, objective.title)) for objective in plan.objectives]


def _line(kpi: Kpi, terms: Terms, actual: Decimal | None) -> Line:
    before = targets_of(kpi)
    return Line(kpi, before, carried(before, terms), kept_because(before, terms), actual)


def _examples(lines: Sequence[Line]) -> list[Line]:
    up = next((line for line in lines if line.kept is None and line.before.method is Method.HIGHER), None)
    down = next(
        (line for line in lines if line.kept is None and line.before.method in (Method.LOWER, Method.LOWER_INVERSE)),
        None,
    )
    return [line for line in (up, down) if line is not None]


def _kept(session: Session, source_ids: Sequence[int], terms: Terms) -> dict[Kept | None, int]:
    """The KPIs of all sources by reason, counted by the database."""
    has_target = or_(Kpi.target.is_not(None), Kpi.low.is_not(None), Kpi.high.is_not(None))
    counts: dict[Kept | None, int] = {}
    for chunk in _chunks(source_ids):
        query = (
            select(Kpi.method, Kpi.is_target_maximum, has_target.label("has_target"), func.count())
            .where(Kpi.plan_id.in_(chunk))
            .group_by(Kpi.method, Kpi.is_target_maximum, has_target)
        )
        for method, is_maximum, is_set, count in session.execute(query):
            one = Decimal(1) if is_set else None
            reason = kept_because(Targets(method, one, one, one, is_maximum=is_maximum), terms)
            counts[reason] = counts.get(reason, 0) + count
    return counts


def _partial(session: Session, source_ids: Sequence[int]) -> int:
    query = (
        select(func.count(Plan.id))
        .join(Cycle, Plan.cycle_id == Cycle.id)
        .where(or_(Plan.starts_on > Cycle.starts_on, Plan.ends_on < Cycle.ends_on))
    )
    return sum(session.scalar(query.where(Plan.id.in_(chunk))) or 0 for chunk in _chunks(source_ids))


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """No database takes any number of values in one question."""
    return (ids[start : start + _AT_A_TIME] for start in range(0, len(ids), _AT_A_TIME))
