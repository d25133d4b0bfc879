"""How does a scored plan become the values that a scorecard shows?"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.models import Cycle, Entry, Period
from app.rules import grading, progress, scorecard
from app.rules.data_quality import CheckState, Flag
from app.rules.methods import Scoring, achievement, limits
from app.rules.numbers import legible, shown
from app.rules.outcome import Outcome
from app.rules.progress import Standing
from app.rules.vocabulary import KpiStatus, MeasureKind, SourceKind
from app.services.entry_quality import check_of, credibility_of, entry_flags, has_evidence
from app.services.scorecard_facts import PeriodFacts, PersonFacts, Placed
from app.services.standings import ScoredKpi, ScoredPerson, figure_of
from app.settings import Settings


def scorecard_of_scored(
    scored: ScoredPerson, settings: Settings, comment: str, *, version: int = 1, is_final: bool = False
) -> scorecard.Scorecard:
    """The scorecard to date; what only publishing knows (sign-off, appeal, verification) is left open."""
    facts, person = scored.facts, scored.person
    number = f"KSK/{facts.period.code}/{person.person.number}"
    return scorecard.Scorecard(
        document=scorecard.Document(settings.organisation_name, number, version, is_final, settings.time_zone),
        cycle=_cycle(facts.cycle),
        period=_period(facts.period),
        employee=_employee(person),
        appraiser=None if person.appraiser is None else _appraiser(person.appraiser),
        policy=_policy(facts, person),
        result=_result(scored),
        objectives=_objectives(scored),
        comment=comment,
        segments=_segments(scored),
    )


# --- Head -------------------------------------------------------------------------------------------------------------


def _cycle(cycle: Cycle) -> scorecard.Cycle:
    return scorecard.Cycle(cycle.code, cycle.name, cycle.starts_on, cycle.ends_on)


def _period(period: Period) -> scorecard.Period:
    return scorecard.Period(period.code, period.starts_on, period.ends_on)


def _employee(person: PersonFacts) -> scorecard.Employee:
    placed = person.person
    return scorecard.Employee(
        number=placed.number,
        name=placed.name,
        position=placed.position,
        unit=placed.unit,
        joined_on=placed.joined_on,
        plan_starts_on=person.plan.starts_on,
        plan_ends_on=person.plan.ends_on,
    )


def _appraiser(placed: Placed) -> scorecard.Appraiser:
    return scorecard.Appraiser(placed.number, placed.name, placed.position, placed.unit)


def _policy(facts: PeriodFacts, person: PersonFacts) -> scorecard.Policy:
    cycle = facts.cycle
    return scorecard.Policy(
        floor=shown(cycle.score_floor),
        cap=shown(cycle.score_cap),
        missing=cycle.missing,
        weighting=person.plan.weighting,
        priority_share=shown(cycle.priority_share),
        difficulty_share=shown(cycle.difficulty_share),
        credibility_share=shown(cycle.credibility_share),
    )


def _result(scored: ScoredPerson) -> scorecard.Result:
    outcome, previous = scored.outcome, scored.person.previous
    before = None
    if previous is not None and previous.total is not None and previous.grade is not None:
        before = scorecard.PreviousResult(previous.period_code, previous.total, previous.grade)
    return scorecard.Result(
        total=outcome.total,
        grade=outcome.grade,
        coverage=scored.coverage,
        bands=tuple(
            scorecard.Band(shown(band.lower), band.code, band.name_id, band.name_en)
            for band in scored.facts.cycle.bands
        ),
        previous=before,
        computed=_computed(outcome),
    )


def _computed(outcome: Outcome) -> scorecard.Computed | None:
    if outcome.is_plain or outcome.kpi_total is None or outcome.computed is None or outcome.computed_grade is None:
        return None
    return scorecard.Computed(
        kpi_total=outcome.kpi_total,
        behaviour=outcome.behaviour,
        behaviour_share=outcome.behaviour_share,
        total=outcome.computed,
        grade=outcome.computed_grade,
        adjustments=outcome.adjustments,
    )


def _segments(scored: ScoredPerson) -> tuple[scorecard.Segment, ...]:
    results = [*(each.result for each in scored.earlier), scored.result]
    return tuple(
        scorecard.Segment(
            first_day=segment.first_day,
            last_day=segment.last_day,
            days=segment.days,
            plan_version=segment.plan.version_number,
            position=segment.position,
            unit=segment.unit,
            appraiser=segment.appraiser,
            total=result.total,
            coverage=result.coverage,
        )
        for segment, result in zip(scored.person.segments, results, strict=False)
    )


# --- KPIs -------------------------------------------------------------------------------------------------------------


class _Span(NamedTuple):
    """A period of the cycle, read once for all KPIs of a scorecard."""

    code: str
    first_day: date
    last_day: date
    is_to_come: bool


def _objectives(scored: ScoredPerson) -> tuple[scorecard.ScorecardObjective, ...]:
    facts = scored.facts
    spans = [
        _Span(period.code, period.starts_on, period.ends_on, period.starts_on > facts.period.starts_on)
        for period in facts.cycle.periods
    ]
    lines = [(each.kpi.objective_id, _kpi(facts, each, spans, scored.person.person.id)) for each in scored.kpis]
    return tuple(
        scorecard.ScorecardObjective(objective.title, tuple(line for of, line in lines if of == objective.id))
        for objective in scored.person.plan.objectives
    )


def _kpi(facts: PeriodFacts, scored: ScoredKpi, spans: Sequence[_Span], person_id: int) -> scorecard.ScorecardKpi:
    kpi, result, standing = scored.kpi, scored.result, scored.standing
    floor, cap = limits(standing.scoring, facts.policy)
    due_by = facts.due_by
    return scorecard.ScorecardKpi(
        code=kpi.code,
        name=kpi.name,
        definition=kpi.definition or "",
        source=kpi.source or "",
        source_kind=kpi.source_kind,
        unit_of_measure=kpi.unit_of_measure or "",
        method=kpi.method,
        weight=shown(result.weight),
        priority=kpi.priority,
        difficulty=kpi.difficulty,
        data_credibility=kpi.data_credibility,
        computed_weight=None if kpi.computed_weight is None else shown(kpi.computed_weight),
        weight_reason=kpi.weight_reason or "",
        target=_target(scored),
        floor=legible(floor),
        cap=legible(cap),
        actual=None if result.actual is None else legible(result.actual),
        uncapped=_shown(result.uncapped),
        achievement=_shown(result.achievement),
        contribution=result.contribution,
        status=_status(facts, scored),
        is_due=standing.is_due,
        is_missing=standing.is_due and result.actual is None and scored.excluded is None,
        excluded=scored.excluded,
        data=_data(facts, scored, person_id),
        working=result.working,
        trend=tuple(_trend(facts, scored, span, due_by) for span in spans),
    )


def _shown(value: Fraction | None) -> Decimal | None:
    return None if value is None else shown(value)


def _target(scored: ScoredKpi) -> scorecard.Target:
    scoring, whole = scored.standing.scoring, scored.agreed.scoring.target
    return scorecard.Target(
        target=_legible(scoring.target),
        low=_legible(scoring.low),
        high=_legible(scoring.high),
        levels=scoring.levels,
        curve=tuple(
            scorecard.CurvePoint(legible(point.x), legible(point.score)) for point in scoring.points or scoring.steps
        ),
        milestones=_milestones(scored),
        is_maximum=scoring.maximum_target,
        whole=None if whole == scoring.target else _legible(whole),
    )


def _legible(value: Fraction | None) -> Decimal | None:
    return None if value is None else legible(value)


def _milestones(scored: ScoredKpi) -> tuple[scorecard.MilestoneShare, ...]:
    if scored.kpi.measure is not MeasureKind.MILESTONE:
        return ()
    reached = {name for entry in scored.standing.entries for name in entry.reached}
    return tuple(
        scorecard.MilestoneShare(milestone.name, shown(milestone.share), milestone.name in reached)
        for milestone in scored.kpi.milestones
    )


def _status(facts: PeriodFacts, scored: ScoredKpi) -> KpiStatus | None:
    figure = scored.result.actual
    if figure is None:
        return None
    floor, cap = limits(scored.agreed.scoring, facts.policy)
    return grading.status(
        scored.result.uncapped,
        full=achievement(scored.agreed.scoring, figure, floor, cap)[0],
        is_final=progress.is_settled(scored.agreed, facts.period.ends_on),
        thresholds=facts.policy.statuses,
    )


def _trend(facts: PeriodFacts, scored: ScoredKpi, span: _Span, due_by: date) -> scorecard.Trend:
    """One period on its own; those after the one that is scored are still to come."""
    if span.is_to_come:
        return scorecard.Trend(span.code, None, None, is_due=False)
    standing = progress.in_period(scored.agreed, span.first_day, span.last_day, due_by)
    figure, _ = figure_of(scored.agreed, standing)
    if figure is None:
        return scorecard.Trend(span.code, None, None, is_due=standing.is_due)
    return scorecard.Trend(span.code, legible(figure), _achieved(facts, standing.scoring, figure), is_due=True)


def _achieved(facts: PeriodFacts, scoring: Scoring, figure: Fraction) -> Decimal:
    return shown(achievement(scoring, figure, *limits(scoring, facts.policy))[1])


# --- Credibility of the data ------------------------------------------------------------------------------------------


def _data(facts: PeriodFacts, scored: ScoredKpi, person_id: int) -> scorecard.DataQuality:
    entries = scored.entries
    names = sorted({facts.names[entry.recorded_by_id] for entry in entries})
    borne_out = credibility_of(scored.kpi, person_id, entries)
    return scorecard.DataQuality(
        entries=len(entries),
        entries_expected=_expected(entries, scored.standing),
        evidence=sum(map(has_evidence, entries)),
        changes=sum(entry.changes for entry in entries),
        changed_at=max((entry.recorded_at for entry in entries if entry.changes), default=None),
        recorded_by=tuple(names),
        sources=_sources(entries),
        late=sum(Flag.LATE in entry_flags([entry], facts.cycle.entry_grace_days) for entry in entries),
        verified=sum(check_of(entry) is CheckState.OK for entry in entries),
        credibility=borne_out.effective if borne_out else None,
        doubts=tuple(scorecard.DoubtCount(each.doubt, each.entries) for each in borne_out.reasons) if borne_out else (),
    )


def _expected(entries: Sequence[Entry], standing: Standing) -> int:
    """The entries that are there and those that lack; an entry for a month stands for the days in it."""
    return len(entries) + len(standing.unfilled)


def _sources(entries: Sequence[Entry]) -> tuple[scorecard.SourceCount, ...]:
    counted = Counter(entry.source_kind for entry in entries)
    return tuple(scorecard.SourceCount(kind, counted[kind]) for kind in SourceKind if counted[kind])
