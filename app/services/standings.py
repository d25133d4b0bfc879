"""How does a person stand in a period: every KPI's standing and actual, and what they come to?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.models import Entry, Kpi, Plan
from app.rules import progress, scoring
from app.rules.aggregation import actual
from app.rules.faults import Fault, Refused
from app.rules.methods import actual_fault
from app.rules.outcome import Outcome, outcome
from app.rules.progress import AgreedKpi, Standing
from app.rules.segments import coverage_over, together
from app.rules.vocabulary import Missing
from app.services.scorecard_facts import PeriodFacts, PersonFacts, agreed, kpis_of
from app.services.segment_facts import SegmentFacts


@dataclass(frozen=True, slots=True)
class ScoredKpi:
    """One KPI with everything that its line of a scorecard is made of."""

    kpi: Kpi
    agreed: AgreedKpi
    standing: Standing
    entries: Sequence[Entry]
    """The stored entries that count."""
    result: scoring.KpiResult
    refusal: Fault | None
    """Why the entries that are there have no actual that can be scored."""
    excluded: str | None = None
    """Why two people left this KPI out of the total, where they did."""


@dataclass(frozen=True, slots=True)
class ScoredSegment:
    """What an earlier segment of the cycle came to."""

    segment: SegmentFacts
    kpis: tuple[ScoredKpi, ...]
    result: scoring.CardResult


@dataclass(frozen=True, slots=True)
class ScoredPerson:
    """One person's standing in a period."""

    facts: PeriodFacts
    person: PersonFacts
    kpis: tuple[ScoredKpi, ...]
    inputs: tuple[scoring.Kpi, ...]
    """What the rules were given, in the order of the plan; what-if starts from them."""
    result: scoring.CardResult
    """What the KPIs come to."""
    outcome: Outcome
    """That with earlier segments, behaviours and adjustments: what is shown and published."""
    earlier: tuple[ScoredSegment, ...] = ()
    """The segments of the cycle before the present one."""

    @property
    def coverage(self) -> Decimal:
        """The weight of the KPIs that have data, over all segments by their days."""
        return coverage_over([*((each.result.coverage, each.segment.days) for each in self.earlier), self._present])

    @property
    def _present(self) -> tuple[Decimal, int]:
        return self.result.coverage, self.person.segments[-1].days if self.person.segments else 1

    @property
    def blocking(self) -> list[Fault]:
        """What keeps the result from being published: actuals that have no score, and gaps where the policy blocks."""
        faults = []
        for each in (*(kpi for before in self.earlier for kpi in before.kpis), *self.kpis):
            if each.excluded is not None:
                continue
            if each.refusal:
                faults.append(Fault(each.kpi.code, each.refusal.code, each.refusal.values))
            elif self.facts.policy.missing is Missing.BLOCK:
                faults += _gap_faults(each)
        return faults


def _gap_faults(scored: ScoredKpi) -> list[Fault]:
    if scored.standing.unfilled:
        return [Fault(scored.kpi.code, "entry_missing", {"on": ", ".join(scored.standing.unfilled)})]
    is_without_data = scored.standing.is_due and scored.result.actual is None
    return [Fault(scored.kpi.code, "kpi_without_data")] if is_without_data else []


def score_person(facts: PeriodFacts, person: PersonFacts) -> ScoredPerson:
    """Score a person up to the period's last day: the plan in force, and the segments of the cycle before it."""
    kpis, inputs, result = _score_plan(facts, person, person.plan, (person.first_day, facts.period.ends_on))
    earlier = tuple(_score_segment(facts, person, segment) for segment in person.segments[:-1])
    made = outcome(
        _exact_total(person, result, earlier),
        facts.policy.grades,
        levels=person.levels,
        behaviour_share=facts.cycle.behaviour_share or Decimal(0),
        adjustments=person.adjustments,
    )
    return ScoredPerson(facts, person, kpis, inputs, result, made, earlier)


def _score_segment(facts: PeriodFacts, person: PersonFacts, segment: SegmentFacts) -> ScoredSegment:
    kpis, _, result = _score_plan(facts, person, segment.plan, (segment.first_day, segment.last_day))
    return ScoredSegment(segment, kpis, result)


def _exact_total(person: PersonFacts, result: scoring.CardResult, earlier: Sequence[ScoredSegment]) -> Fraction | None:
    if not earlier:
        return result.exact_total
    parts = [(each.result.exact_total, each.segment.days) for each in earlier]
    return together([*parts, (result.exact_total, person.segments[-1].days)])


def _score_plan(
    facts: PeriodFacts, person: PersonFacts, plan: Plan, days: tuple[date, date]
) -> tuple[tuple[ScoredKpi, ...], tuple[scoring.Kpi, ...], scoring.CardResult]:
    """Score one plan on some of its days."""
    rows: list[tuple[Kpi, AgreedKpi, Standing, Fault | None]] = []
    figures = []
    for kpi in kpis_of(plan):
        terms = agreed(facts, person, plan, kpi)
        standing = _standing(terms, days, facts.due_by)
        is_excluded = kpi.code in person.excluded
        figure, refusal = (None, None) if is_excluded else figure_of(terms, standing)
        rows.append((kpi, terms, standing, refusal))
        figures.append(
            scoring.Kpi(
                code=kpi.code,
                weight=kpi.weight or Decimal(0),
                scoring=standing.scoring,
                actual=figure,
                is_left_out=is_excluded or not standing.is_due or refusal is not None,
            )
        )
    result = scoring.score_card(facts.policy, figures)
    kpis = tuple(
        ScoredKpi(
            kpi,
            terms,
            standing,
            _counting(person.entries[kpi.id], standing),
            one,
            refusal,
            person.excluded.get(kpi.code),
        )
        for (kpi, terms, standing, refusal), one in zip(rows, result.kpis, strict=True)
    )
    return kpis, tuple(figures), result


def _standing(terms: AgreedKpi, days: tuple[date, date], due_by: date) -> Standing:
    first, last = days
    if first > terms.first_day:
        return progress.in_segment(terms, first, last, due_by)
    return progress.to_date(terms, last, due_by)


def figure_of(terms: AgreedKpi, standing: Standing) -> tuple[Fraction | None, Fault | None]:
    """The actual in a span of days, or why the entries that are there have none that can be scored."""
    if not standing.can_be_scored:
        return None, None
    try:
        figure = actual(terms.measure, standing.entries)
    except Refused as refused:
        return None, refused.fault
    refusal = None if figure is None else actual_fault(standing.scoring, figure)
    return (None, refusal) if refusal else (figure, None)


def _counting(entries: Sequence[Entry], standing: Standing) -> tuple[Entry, ...]:
    counted = {entry.on for entry in standing.entries}
    return tuple(entry for entry in entries if entry.on in counted)
