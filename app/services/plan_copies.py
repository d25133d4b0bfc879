"""What becomes of a plan's parts when another plan begins as a copy of it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.models import (
    Cycle,
    Kpi,
    KpiInput,
    Milestone,
    Objective,
    ObjectiveGoal,
    PeriodTarget,
    Plan,
    ScoreBand,
)
from app.rules.carry_over import Targets, Terms, carried, renewed
from app.services.kpi_values import plan_periods
from app.services.objective_details import copy_steps
from app.services.recorders import copy_recorder

_OWN = frozenset({"id", "plan_id", "objective_id", "weight_reason", "weight_by_id"})
_OBJECTIVE_COLUMNS = tuple(column.key for column in Objective.__table__.columns if column.key not in _OWN)
_KPI_COLUMNS = tuple(column.key for column in Kpi.__table__.columns if column.key not in _OWN)


@dataclass(frozen=True, slots=True)
class Change:
    """What changes on the way to the next cycle: targets, titles, the value before where a last actual is known."""

    terms: Terms = Terms()  # noqa: RUF009 - frozen, so one for all will do
    actuals: Mapping[int, Decimal | None] | None = None
    """The last actual by the id of the source's KPI; without any the value before stays what it was."""
    titles: Mapping[int, str] = field(default_factory=dict)
    """The new title by the id of the source's objective, where it changes."""


def renewed_titles(source: Plan, cycle: Cycle) -> dict[int, str]:
    """The titles that name a year of their cycle, with the year that comes instead of it in another one."""
    begin = source.cycle.starts_on.year
    years, by = range(begin, source.cycle.ends_on.year + 1), cycle.starts_on.year - begin
    titles = {objective.id: (objective.title, renewed(objective.title, years, by)) for objective in source.objectives}
    return {key: after for key, (before, after) in titles.items() if after != before}


def copy_parts(source: Plan, plan: Plan, change: Change | None = None) -> None:
    """Objectives and KPIs as they stand, with ratings and targets; what belongs to one cycle alone stays there."""
    change = change or Change()
    plan.weighting = source.weighting
    is_revision = source.person_id == plan.person_id and source.cycle_id == plan.cycle_id
    periods = _periods_between(source, plan)
    for objective in source.objectives:
        copied = Objective(**{name: getattr(objective, name) for name in _OBJECTIVE_COLUMNS})
        copied.title = change.titles.get(objective.id, objective.title)
        if objective.goal_link is not None and source.cycle_id == plan.cycle_id:
            copied.goal_link = ObjectiveGoal(goal_id=objective.goal_link.goal_id)
        copy_steps(
            objective, copied,
            is_same_cycle=source.cycle_id == plan.cycle_id, is_same_person=source.person_id == plan.person_id,
        )  # fmt: skip
        plan.objectives.append(copied)
        for kpi in objective.kpis:
            twin = _copy_kpi(kpi, plan, periods, change)
            if is_revision:
                twin.weight_reason, twin.weight_by_id = kpi.weight_reason, kpi.weight_by_id
            copied.kpis.append(twin)


def targets_of(kpi: Kpi) -> Targets:
    """The figures of a KPI that its target consists of, as the rules take them."""
    return Targets(
        method=kpi.method,
        target=kpi.target,
        low=kpi.low,
        high=kpi.high,
        of_periods=tuple(each.target for each in _by_period(kpi)),
        is_maximum=kpi.is_target_maximum,
    )


def _by_period(kpi: Kpi) -> Sequence[PeriodTarget]:
    return sorted(kpi.period_targets, key=lambda each: each.period_id)


def _periods_between(source: Plan, plan: Plan) -> Mapping[int, int]:
    """Period of the source → period of the plan: the same ones within a cycle, else those in the same place."""
    wanted = plan_periods(plan)
    if source.cycle_id == plan.cycle_id:
        return {period.id: period.id for period in wanted}
    places = {place: period for place, period in enumerate(plan.cycle.periods) if period in wanted}
    given = [(place, period) for place, period in enumerate(source.cycle.periods) if period in plan_periods(source)]
    if len(source.cycle.periods) != len(plan.cycle.periods) or {place for place, _ in given} != set(places):
        return {}
    return {period.id: places[place].id for place, period in given}


def _copy_kpi(kpi: Kpi, plan: Plan, periods: Mapping[int, int], change: Change) -> Kpi:
    copied = Kpi(plan=plan, **{name: getattr(kpi, name) for name in _KPI_COLUMNS})
    copied.inputs = [
        KpiInput(place=i.place, name=i.name, is_denominator=i.is_denominator, is_subtracted=i.is_subtracted)
        for i in kpi.inputs
    ]
    copied.milestones = [Milestone(place=m.place, name=m.name, share=m.share) for m in kpi.milestones]
    copied.bands = [ScoreBand(place=b.place, start=b.start, score=b.score) for b in kpi.bands]
    copy_recorder(kpi, copied, plan.person_id)
    after = carried(targets_of(kpi), change.terms)
    copied.target, copied.low, copied.high = after.target, after.low, after.high
    pairs = zip((each.period_id for each in _by_period(kpi)), after.of_periods, strict=False)
    targets = [(periods[period_id], target) for period_id, target in pairs if period_id in periods]
    if len(targets) == len(periods):
        copied.period_targets = [PeriodTarget(period_id=period_id, target=target) for period_id, target in targets]
    if change.actuals is not None:
        copied.baseline = change.actuals.get(kpi.id)
    return copied
