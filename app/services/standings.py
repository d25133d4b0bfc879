"""How does a person stand in a period: every KPI's standing and actual, and what they come to?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.models import Entry, Kpi
from app.rules import progress, scoring
from app.rules.aggregation import actual
from app.rules.faults import Fault, Refused
from app.rules.methods import actual_fault
from app.rules.outcome import Outcome, outcome
from app.rules.progress import AgreedKpi, Standing
from app.rules.vocabulary import Missing
from app.services.scorecard_facts import PeriodFacts, PersonFacts, agreed, kpis_of


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
    """That with behaviours and adjustments: what is shown and published."""

    @property
    def blocking(self) -> list[Fault]:
        """What keeps the result from being published: actuals that have no score, and gaps where the policy blocks."""
        faults = []
        for each in self.kpis:
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
    """Score the plan of a person up to the period's last day."""
    rows: list[tuple[Kpi, AgreedKpi, Standing, Fault | None]] = []
    figures = []
    for kpi in kpis_of(person.plan):
        terms = agreed(facts, person, kpi)
        standing = progress.to_date(terms, facts.period.ends_on, facts.due_by)
        figure, refusal = figure_of(terms, standing)
        rows.append((kpi, terms, standing, refusal))
        figures.append(
            scoring.Kpi(
                code=kpi.code,
                weight=kpi.weight or Decimal(0),
                scoring=standing.scoring,
                actual=figure,
                is_left_out=not standing.is_due or refusal is not None,
            )
        )
    result = scoring.score_card(facts.policy, figures)
    kpis = tuple(
        ScoredKpi(kpi, terms, standing, _counting(person.entries[kpi.id], standing), one, refusal)
        for (kpi, terms, standing, refusal), one in zip(rows, result.kpis, strict=True)
    )
    made = outcome(
        result.exact_total,
        facts.policy.grades,
        levels=person.levels,
        behaviour_share=facts.cycle.behaviour_share or Decimal(0),
        adjustments=person.adjustments,
    )
    return ScoredPerson(facts, person, kpis, tuple(figures), result, made)


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
