"""Which entries does a KPI have, and may they still be changed?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, subqueryload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app.models import Appraisal, Cycle, Entry, Kpi, KpiRecorder, Period, PeriodTarget, Plan
from app.rules import aggregation
from app.rules.entries import Calendar, Figure, FigureForm, Span
from app.rules.vocabulary import BINDING, RELEASED, AppraisalState, CycleState, Frequency, MeasureKind, PeriodState


@dataclass(slots=True)
class Book:
    """One KPI with all its entries, and what decides whether they may be changed."""

    kpi: Kpi
    entries: dict[str, Entry]
    published: frozenset[int]
    """Periods whose scorecard of this employee is published."""
    scored: frozenset[int] = frozenset()
    """Periods whose scoring is handed in and not published yet."""
    is_superseded: bool = False
    """Whether a later version took the plan's place from its first day on."""

    @property
    def plan(self) -> Plan:
        """The plan that the KPI belongs to."""
        return self.kpi.plan

    @property
    def calendar(self) -> Calendar:
        """When entries of the KPI are due."""
        periods = tuple(Span(period.code, period.starts_on, period.ends_on) for period in self.plan.cycle.periods)
        return Calendar(self.kpi.frequency, self.plan.starts_on, self.plan.ends_on, periods)

    @property
    def form(self) -> FigureForm:
        """What an entry of the KPI has to say."""
        return form_of(self.kpi)

    def closed_because(self, span: Span) -> str | None:
        """Why no entry of these days may be changed any more, as a code; None while they may."""
        # A version that was replaced in mid-cycle still holds for its days: figures of those days may come late
        if self.plan.state not in BINDING or self.is_superseded:
            return "plan_not_active"
        if self.plan.cycle.state is CycleState.CLOSED:
            return "cycle_closed"
        period = self.period_of(span)
        if period is None:
            return "no_period"
        if period.state is PeriodState.CLOSED:
            return "period_closed"
        if period.id in self.scored:
            return "scoring_handed_in"
        return "scorecard_published" if period.id in self.published else None

    def period_of(self, span: Span) -> Period | None:
        """The period in which an entry of these days counts: the one in which its last day lies."""
        periods = self.plan.cycle.periods
        return next((period for period in periods if period.starts_on <= span.last_day <= period.ends_on), None)


def entry_value(entry: Entry) -> aggregation.Entry:
    """The entry as the rules take it."""
    return aggregation.Entry(
        on=entry.on,
        first_day=entry.starts_on,
        last_day=entry.ends_on,
        value=entry.value,
        inputs={given.name: given.value for given in entry.inputs},
        reached=tuple(stage.name for stage in entry.reached),
    )


def entries_of(
    session: Session, kpi_ids: Iterable[int], *, fresh: bool = False, between: tuple[date, date] | None = None
) -> dict[int, list[Entry]]:
    """The entries of each KPI in the order of their last days, read in five selects whatever their number.

    `fresh` reads those anew that the session knows already. `between` leaves out what nobody needs who looks at these
    days: everything later, and everything earlier but milestones, which stay reached, and figures of long spans.
    """
    found: dict[int, list[Entry]] = {kpi_id: [] for kpi_id in kpi_ids}
    if found:
        needed = true() if between is None else _is_needed(*between)
        wanted = (
            select(Entry)
            .join(Entry.kpi)
            .where(Entry.kpi_id.in_(found), needed)
            .options(
                subqueryload(Entry.inputs),
                subqueryload(Entry.reached),
                subqueryload(Entry.files),
                subqueryload(Entry.checks),
            )
            .order_by(Entry.ends_on, Entry.starts_on, Entry.id)
            .execution_options(populate_existing=fresh)
        )
        for entry in session.scalars(wanted):
            found[entry.kpi_id].append(entry)
    return found


def _is_needed(first_day: date, last_day: date) -> ColumnElement[bool]:
    is_long = Kpi.frequency.in_((Frequency.QUARTERLY, Frequency.HALF_YEARLY, Frequency.YEARLY))
    is_early = is_long | (Kpi.measure == MeasureKind.MILESTONE)
    return (Entry.starts_on <= last_day) & (is_early | (Entry.ends_on >= first_day))


def form_of(kpi: Kpi) -> FigureForm:
    """What an entry of the KPI has to say."""
    return FigureForm(
        measure=kpi.measure,
        method=kpi.method,
        inputs=tuple(dict.fromkeys(each.name for each in kpi.inputs)),
        denominator=tuple((each.name, -1 if each.is_subtracted else 1) for each in kpi.inputs if each.is_denominator),
        milestones=tuple(milestone.name for milestone in kpi.milestones),
        levels=kpi.levels,
    )


def figure_of(entry: Entry) -> Figure:
    """What the entry says."""
    inputs = {given.name: given.value for given in entry.inputs}
    return Figure(entry.value, inputs, frozenset(stage.name for stage in entry.reached))


def span_of(entry: Entry) -> Span:
    """The days that the entry is for."""
    return Span(entry.on, entry.starts_on, entry.ends_on)


def books_of(
    session: Session, kpi_ids: Iterable[int], *, for_change: bool = False, between: tuple[date, date] | None = None
) -> dict[int, Book]:
    """The KPIs with their entries, in a number of selects that does not grow; for services that ask access themselves.

    `for_change` locks their plans until the transaction ends, so that nobody records, revises or publishes in between.
    `between` as for `entries_of`.
    """
    ids = sorted(set(kpi_ids))
    if not ids:
        return {}
    if for_change:
        plans = select(Plan.id).where(Plan.id.in_(select(Kpi.plan_id).where(Kpi.id.in_(ids))))
        session.execute(plans.order_by(Plan.id).with_for_update())
    wanted = select(Kpi).where(Kpi.id.in_(ids)).options(*_parts()).execution_options(populate_existing=for_change)
    kpis = session.scalars(wanted).unique().all()
    entries = entries_of(session, [kpi.id for kpi in kpis], fresh=for_change, between=between)
    published = _in_states(session, kpis, RELEASED)
    scored = _in_states(session, kpis, (AppraisalState.SCORED, AppraisalState.APPROVED))
    superseded = _superseded(session, kpis)
    return {
        kpi.id: Book(
            kpi,
            {entry.on: entry for entry in entries[kpi.id]},
            published.get((kpi.plan.person_id, kpi.plan.cycle_id), frozenset()),
            scored.get((kpi.plan.person_id, kpi.plan.cycle_id), frozenset()),
            is_superseded=kpi.plan_id in superseded,
        )
        for kpi in kpis
    }


def _parts() -> tuple[_AbstractLoad, ...]:
    return (
        selectinload(Kpi.inputs),
        selectinload(Kpi.milestones),
        joinedload(Kpi.recorder).joinedload(KpiRecorder.person),
        selectinload(Kpi.bands),
        selectinload(Kpi.period_targets).joinedload(PeriodTarget.period),
        joinedload(Kpi.plan).joinedload(Plan.person),
        joinedload(Kpi.plan).joinedload(Plan.cycle).selectinload(Cycle.periods),
    )


def _superseded(session: Session, kpis: Sequence[Kpi]) -> set[int]:
    """Those plans that a later version took the place of from their first day on."""
    successor = aliased(Plan)
    later = (
        (successor.person_id == Plan.person_id)
        & (successor.cycle_id == Plan.cycle_id)
        & (successor.version_number > Plan.version_number)
        & (successor.starts_on <= Plan.starts_on)
        & (successor.state.in_(BINDING))
    )
    return set(
        session.scalars(select(Plan.id).join(successor, later).where(Plan.id.in_({kpi.plan_id for kpi in kpis})))
    )


def _in_states(
    session: Session, kpis: Sequence[Kpi], states: Collection[AppraisalState]
) -> Mapping[tuple[int, int], frozenset[int]]:
    people = {kpi.plan.person_id for kpi in kpis}
    rows = session.execute(
        select(Appraisal.person_id, Period.cycle_id, Appraisal.period_id)
        .join(Appraisal.period)
        .where(Appraisal.person_id.in_(people), Appraisal.state.in_(states))
    )
    found: dict[tuple[int, int], set[int]] = {}
    for person_id, cycle_id, period_id in rows:
        found.setdefault((person_id, cycle_id), set()).add(period_id)
    return {key: frozenset(periods) for key, periods in found.items()}
