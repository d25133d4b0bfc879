"""How are measures, methods, ratings and targets said in words? English texts, translated where they are shown."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final, NamedTuple

from app.i18n import Locale, mark
from app.models import Kpi
from app.rules.methods import Scoring, given, limits
from app.rules.numbers import brief, plain
from app.rules.policy import Policy
from app.rules.vocabulary import (
    Aggregation,
    Beyond,
    Frequency,
    MeasureKind,
    Method,
    PlanState,
    RecorderRule,
    SourceKind,
    WeightingMethod,
)


class Word(NamedTuple):
    """A name, and what it means in one line."""

    name: str
    hint: str = ""


MEASURES: Final[Mapping[MeasureKind, Word]] = MappingProxyType(
    {
        MeasureKind.VALUE: Word(mark("Value"), mark("One number, such as revenue, hours or complaints")),
        MeasureKind.RATIO: Word(mark("Ratio"), mark("One sum over another, such as deals won over leads")),
        MeasureKind.GROWTH: Word(mark("Growth"), mark("The change in percent from a base")),
        MeasureKind.MILESTONE: Word(mark("Milestones"), mark("Stages of a work, each with its share")),
        MeasureKind.YES_NO: Word(mark("Yes or no"), mark("Done or not done")),
        MeasureKind.RATING: Word(mark("Rating"), mark("A level given by the manager")),
    }
)
METHODS: Final[Mapping[Method, Word]] = MappingProxyType(
    {
        Method.HIGHER: Word(mark("Higher is better"), mark("in proportion to the target")),
        Method.LOWER: Word(mark("Lower is better"), mark("every percent above the target costs a point")),
        Method.LOWER_INVERSE: Word(mark("Lower is better, inverse"), mark("target divided by actual")),
        Method.EXACT: Word(mark("Exactly the target"), mark("too much is as bad as too little")),
        Method.RANGE: Word(mark("Within a range"), mark("full score between two bounds")),
        Method.POINTS: Word(mark("Curve through points"), mark("straight lines between points of your choice")),
        Method.STEPS: Word(mark("Steps"), mark("one score for each band of results")),
        Method.MILESTONE: Word(mark("Milestones reached"), mark("the sum of their shares")),
        Method.YES_NO: Word(mark("Done or not"), mark("all or nothing")),
        Method.RATING: Word(mark("Level reached"), mark("in proportion to the highest level")),
    }
)
AGGREGATIONS: Final[Mapping[Aggregation, Word]] = MappingProxyType(
    {
        Aggregation.SUM: Word(mark("Sum"), mark("The actual is the sum of all entries.")),
        Aggregation.AVERAGE: Word(mark("Average"), mark("The actual is the average of all entries.")),
        Aggregation.LAST: Word(mark("Last entry"), mark("The actual is the latest entry.")),
        Aggregation.MAX: Word(mark("Highest entry"), mark("The actual is the highest entry.")),
        Aggregation.MIN: Word(mark("Lowest entry"), mark("The actual is the lowest entry.")),
    }
)
RECORDERS: Final[Mapping[RecorderRule, Word]] = MappingProxyType(
    {
        RecorderRule.EMPLOYEE: Word(mark("The employee, with evidence, and the manager")),
        RecorderRule.MANAGER: Word(mark("The manager, HR or a system")),
        RecorderRule.THIRD_PARTY: Word(mark("A third party, named by employee number")),
    }
)
FREQUENCIES: Final[Mapping[Frequency, Word]] = MappingProxyType(
    {
        Frequency.DAILY: Word(mark("Daily")),
        Frequency.WEEKLY: Word(mark("Weekly")),
        Frequency.MONTHLY: Word(mark("Monthly")),
        Frequency.QUARTERLY: Word(mark("Quarterly")),
        Frequency.HALF_YEARLY: Word(mark("Half-yearly")),
        Frequency.YEARLY: Word(mark("Yearly")),
    }
)
SOURCES: Final[Mapping[SourceKind, Word]] = MappingProxyType(
    {
        SourceKind.SYSTEM_OF_RECORD: Word(mark("A system of record that the employee cannot edit")),
        SourceKind.SYSTEM_WITH_LOG: Word(mark("A system the employee can edit, with a change log")),
        SourceKind.THIRD_PARTY: Word(mark("A third party: finance, customer, audit")),
        SourceKind.EMPLOYEE_WITH_EVIDENCE: Word(mark("The employee, with evidence")),
        SourceKind.EMPLOYEE_DECLARED: Word(mark("The employee, without evidence")),
    }
)
BEYOND: Final[Mapping[Beyond, Word]] = MappingProxyType(
    {
        Beyond.CLAMP: Word(mark("the score stays the same")),
        Beyond.ZERO: Word(mark("the score is 0")),
    }
)
WEIGHTINGS: Final[Mapping[WeightingMethod, Word]] = MappingProxyType(
    {
        WeightingMethod.COMPUTED: Word(mark("From ratings"), mark("priority, difficulty and data credibility")),
        WeightingMethod.RANKED: Word(mark("By order"), mark("the KPI that stands first weighs most")),
        WeightingMethod.DIRECT: Word(mark("Typed"), mark("you type the weights, which must make 100")),
    }
)
STATES: Final[Mapping[PlanState, Word]] = MappingProxyType(
    {
        PlanState.DRAFT: Word(mark("Draft"), "warn"),
        PlanState.PROPOSED: Word(mark("Proposed"), "info"),
        PlanState.COUNTERED: Word(mark("Answered"), "warn"),
        PlanState.ACCEPTED: Word(mark("Accepted"), "info"),
        PlanState.ACTIVE: Word(mark("In force"), "good"),
        PlanState.REPLACED: Word(mark("Replaced"), ""),
    }
)
"""The state in words; the hint is the tone of its badge."""


class Criterion(NamedTuple):
    """One of the three ratings: its field, its name, what it asks, and what the ratings 1 to 5 stand for."""

    field: str
    name: str
    question: str
    anchors: tuple[str, str, str, str, str]


CRITERIA: Final = (
    Criterion(
        "priority",
        mark("Priority"),
        mark("How important is it for the unit?"),
        (
            mark("nice to have"),
            mark("useful"),
            mark("important"),
            mark("top three of the unit"),
            mark("the unit fails without it"),
        ),
    ),
    Criterion(
        "difficulty",
        mark("Difficulty"),
        mark("How hard is the target to reach?"),
        (
            mark("routine"),
            mark("reached in a normal year"),
            mark("needs full effort"),
            mark("needs a new way of working"),
            mark("never reached before"),
        ),
    ),
    Criterion(
        "data_credibility",
        mark("Data credibility"),
        mark("How hard is the data to manipulate?"),
        (
            mark("declared by the employee, no evidence"),
            mark("entered by the employee, with evidence"),
            mark("entered by a third party (finance, customer, audit)"),
            mark("from a system the employee can edit, with a change log"),
            mark("read from a system of record that the employee cannot edit"),
        ),
    ),
)

CREDIBILITY_OF: Final[Mapping[SourceKind, int]] = MappingProxyType(
    {kind: 5 - place for place, kind in enumerate(SourceKind)}
)
"""The data credibility for which a kind of source speaks."""


def figure(number: Fraction | Decimal, unit: str, locale: Locale) -> str:
    """A number with its unit, with as many decimals as it needs."""
    return locale.measure(Decimal(plain(number)), unit)


def value_before(number: Decimal, kpi: Kpi, locale: Locale) -> str:
    """What the KPI came to before its target, at a glance; of growth the level from which it is counted."""
    return figure(brief(number), "" if kpi.measure is MeasureKind.GROWTH else kpi.unit_of_measure, locale)


def unit_typed(kpi: Kpi, locale: Locale) -> str:
    """The unit of what is typed; of growth that is a level, while the KPI's unit is that of its change."""
    if kpi.measure is not MeasureKind.GROWTH:
        return kpi.unit_of_measure
    return locale.text(mark("the level, not the percentage"))


def target_words(kpi: Kpi, locale: Locale) -> str:
    """What was agreed, in as few words as can be; empty while it is missing."""
    if kpi.method in _AGREED_BY:
        parts, text = _AGREED_BY[kpi.method]
        return locale.text(text) if not parts or getattr(kpi, parts) else ""
    if kpi.method is Method.MILESTONE:
        return locale.count("%(num)s milestone", "%(num)s milestones", len(kpi.milestones)) if kpi.milestones else ""
    if kpi.method is Method.RATING:
        return "" if kpi.levels is None else locale.text(mark("level %(level)s"), level=locale.number(kpi.levels))
    if kpi.low is not None and kpi.high is not None:
        return f"{figure(kpi.low, '', locale)}–{figure(kpi.high, kpi.unit_of_measure, locale)}"
    return "" if kpi.target is None else figure(kpi.target, kpi.unit_of_measure, locale)


_AGREED_BY: Final[Mapping[Method, tuple[str, str]]] = MappingProxyType(
    {
        Method.POINTS: ("bands", mark("by curve")),
        Method.STEPS: ("bands", mark("by steps")),
        Method.YES_NO: ("", mark("Yes")),
    }
)


def scoring_words(kpi: Kpi, scoring: Scoring, policy: Policy, locale: Locale) -> list[str]:
    """How the KPI will be scored, in plain sentences; for a scoring that nothing is wrong with."""
    floor, cap = limits(scoring, policy)
    bounds = {"floor": locale.number(Decimal(plain(floor))), "cap": locale.number(Decimal(plain(cap)))}
    said = [_method_words(kpi, scoring, bounds["cap"], locale)]
    if scoring.maximum_target:
        said.append(
            locale.text(mark("More than the target is not possible: whoever reaches it gets %(cap)s."), **bounds)
        )
    said.append(locale.text(mark("The score never falls below %(floor)s and never rises above %(cap)s."), **bounds))
    if kpi.aggregation is Aggregation.SUM:
        said.append(
            locale.text(mark("Until the plan ends, the sum of the targets of the periods so far is what counts."))
            if kpi.period_targets
            else locale.text(mark("Until the plan ends, the target counts in proportion to the days that have passed."))
        )
    return said


def _method_words(kpi: Kpi, scoring: Scoring, cap: str, locale: Locale) -> str:
    unit, values = kpi.unit_of_measure, {"cap": cap}
    text = _SENTENCES[scoring.method]
    if scoring.target is not None:
        values["target"] = figure(scoring.target, unit, locale)
        values["step"] = figure(abs(scoring.target) / 100, unit, locale)
    if scoring.method is Method.LOWER_INVERSE:
        values["half"] = figure(given(scoring.target) / 2, unit, locale)
        values["double"] = figure(2 * given(scoring.target), unit, locale)
    if scoring.method is Method.RANGE:
        values["low"] = figure(given(scoring.low), unit, locale)
        values["high"] = figure(given(scoring.high), unit, locale)
        values["step"] = figure(given(scoring.high) / 100, unit, locale)
    if scoring.method is Method.RATING:
        values["levels"] = locale.number(scoring.levels or 1)
        values["first"] = figure(Fraction(100, scoring.levels or 1), "", locale)
    if scoring.method is Method.POINTS:
        values["below"] = locale.text(BEYOND[scoring.below].name)
        values["above"] = locale.text(BEYOND[scoring.above].name)
    return locale.text(text, **values)


_SENTENCES: Final[Mapping[Method, str]] = MappingProxyType(
    {
        Method.HIGHER: mark(
            "%(target)s scores 100. Every %(step)s more adds 1 point, every %(step)s less takes 1 point away."
        ),
        Method.LOWER: mark(
            "%(target)s scores 100. Every %(step)s less adds 1 point, every %(step)s more takes 1 point away."
        ),
        Method.LOWER_INVERSE: mark(
            "%(target)s scores 100, twice as much (%(double)s) scores 50, half of it (%(half)s) would score 200;"
            " 0 scores %(cap)s. A negative actual is refused."
        ),
        Method.EXACT: mark(
            "Exactly %(target)s scores 100. Every %(step)s away from it, above or below, takes 1 point away."
        ),
        Method.RANGE: mark(
            "From %(low)s to %(high)s scores 100. Below, the score falls in proportion to %(low)s; above, every"
            " %(step)s takes 1 point away."
        ),
        Method.POINTS: mark(
            "Between two points the score runs in a straight line. Below the first point %(below)s, above the last one"
            " %(above)s."
        ),
        Method.STEPS: mark(
            "A result scores what is set for its band: from the lower bound up to, but not including, the next one."
            " Below the first bound it scores 0."
        ),
        Method.MILESTONE: mark("The score is the sum of the shares of all milestones reached."),
        Method.YES_NO: mark("Done scores 100, not done scores 0."),
        Method.RATING: mark("Level %(levels)s scores 100, and every level is worth %(first)s points."),
    }
)
