"""How do measure and scoring get from the wire into a plan and back, and where do their faults stand on the wire?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final

from app.api import plan_schemas as wire
from app.errors import Invalid
from app.models import Kpi, Plan
from app.rules.aggregation import Term
from app.rules.faults import Fault
from app.rules.methods import PARAMETERS
from app.rules.numbers import shown
from app.rules.texts import tidy
from app.rules.vocabulary import Aggregation, Beyond, MeasureKind, Method
from app.services.kpi_values import KpiValues
from app.services.library import DefinitionCopy
from app.services.plan_drafts import kpis_of

_MEASURE_PARTS: Final[Mapping[str, str]] = {
    "aggregation": "measure.aggregation",
    "baseline": "measure.base",
    "denominator": "measure.denominator",
    "inputs": "measure",
    "measure": "measure",
    "milestones": "measure.milestones",
    "numerator": "measure.numerator",
    "scale": "measure.scale",
}
_SCORING_PARTS: Final[Mapping[str, str]] = {
    "above": "scoring.above",
    "below": "scoring.below",
    "cap": "scoring.cap",
    "floor": "scoring.floor",
    "high": "scoring.high",
    "is_target_maximum": "scoring.maximum_target",
    "levels": "scoring.levels",
    "low": "scoring.low",
    "method": "scoring.method",
    "target": "scoring.target",
}
_OTHER_PARTS: Final[Mapping[str, str]] = {"data_credibility": "credibility", "ratings": ""}


# --- In ---------------------------------------------------------------------------------------------------------------


def values_of(sent: wire.KpiSent) -> KpiValues:
    """A KPI as it was sent, for the service that writes it."""
    scoring = sent.scoring
    given: dict[str, Any] = scoring.model_dump(exclude={"method", "maximum_target", "points", "steps"})
    return KpiValues(
        name=sent.name,
        definition=sent.definition,
        relevance=sent.relevance,
        source_kind=sent.source_kind,
        source=sent.source,
        unit_of_measure=sent.unit_of_measure,
        frequency=sent.frequency,
        measure=MeasureKind(sent.measure.kind),
        method=Method(scoring.method),
        bands=[(point[0], point[1]) for point in _points(scoring)],
        is_target_maximum=getattr(scoring, "maximum_target", False),
        period_targets=dict(sent.period_targets),
        definition_id=sent.definition_id,
        recorder=sent.recorder,
        recorder_number=sent.recorder_number,
        code=sent.code if isinstance(sent, wire.KpiCreate) else "",
        **_measured(sent.measure),
        **given,
    )


def _points(scoring: wire.Scoring) -> Sequence[Sequence[Decimal]]:
    if isinstance(scoring, wire.PointsScoring):
        return scoring.points
    return scoring.steps if isinstance(scoring, wire.StepsScoring) else ()


def _measured(measure: wire.Measure) -> dict[str, Any]:
    match measure:
        case wire.ValueMeasure() | wire.RatingMeasure():
            return {"aggregation": measure.aggregation}
        case wire.RatioMeasure():
            parts = {"numerator": _terms(measure.numerator), "denominator": _terms(measure.denominator)}
            return {**parts, "scale": measure.scale}
        case wire.GrowthMeasure():
            return {"baseline": measure.base}
        case wire.MilestoneMeasure():
            return {"milestones": [(tidy(name), share) for name, share in measure.milestones.items()]}
        case wire.YesNoMeasure():
            return {}


def _terms(names: Iterable[str]) -> tuple[Term, ...]:
    return tuple(Term(tidy(name.removeprefix("-")), -1 if name.startswith("-") else 1) for name in names)


# --- Out --------------------------------------------------------------------------------------------------------------


# What is stored was checked when it came in, by whatever door: nothing here is measured by the bounds of requests.


def shown_kpi(kpi: Kpi) -> wire.Kpi:
    """A KPI of a plan on the wire."""
    return wire.Kpi(
        id=kpi.id,
        objective_id=kpi.objective_id,
        code=kpi.code,
        name=kpi.name,
        definition=kpi.definition,
        relevance=kpi.relevance,
        source_kind=kpi.source_kind,
        source=kpi.source,
        unit_of_measure=kpi.unit_of_measure,
        frequency=kpi.frequency,
        measure=_measure_of(kpi),
        scoring=_scoring_of(kpi),
        period_targets={each.period.code: each.target for each in kpi.period_targets},
        definition_id=kpi.definition_id,
        recorder=kpi.recorder.rule if kpi.recorder else None,
        recorder_number=kpi.recorder.person.number if kpi.recorder and kpi.recorder.person else "",
        priority=kpi.priority,
        difficulty=kpi.difficulty,
        credibility=kpi.data_credibility,
        weight=None if kpi.weight is None else shown(kpi.weight),
        computed_weight=None if kpi.computed_weight is None else shown(kpi.computed_weight),
        weight_reason=kpi.weight_reason,
    )


def _measure_of(kpi: Kpi) -> wire.Measure:
    def inputs(*, is_denominator: bool) -> list[str]:
        chosen = [each for each in kpi.inputs if each.is_denominator is is_denominator]
        return [f"-{each.name}" if each.is_subtracted else each.name for each in chosen]

    return _measure(
        kpi.measure,
        aggregation=kpi.aggregation,
        numerator=inputs(is_denominator=False),
        denominator=inputs(is_denominator=True),
        scale=kpi.scale,
        base=kpi.baseline,
        milestones={each.name: shown(each.share) for each in kpi.milestones},
    )


def written_measure(copy: DefinitionCopy) -> wire.Measure:
    """What a definition of the library measures, in one language."""
    return _measure(
        copy.measure,
        aggregation=copy.aggregation,
        numerator=[f"-{term.name}" if term.sign < 0 else term.name for term in copy.numerator],
        denominator=[f"-{term.name}" if term.sign < 0 else term.name for term in copy.denominator],
        scale=copy.scale,
    )


def _measure(
    kind: MeasureKind,
    *,
    aggregation: Aggregation | None,
    numerator: Sequence[str],
    denominator: Sequence[str],
    scale: Decimal | None,
    base: Decimal | None = None,
    milestones: Mapping[str, Decimal] | None = None,
) -> wire.Measure:
    match kind:
        case MeasureKind.VALUE:
            return wire.ValueMeasure.model_construct(kind="value", aggregation=aggregation or Aggregation.LAST)
        case MeasureKind.RATIO:
            factor = Decimal(1) if scale is None else scale
            return wire.RatioMeasure.model_construct(
                kind="ratio", numerator=numerator, denominator=denominator, scale=factor
            )
        case MeasureKind.GROWTH:
            return wire.GrowthMeasure.model_construct(kind="growth", base=base)
        case MeasureKind.MILESTONE:
            return wire.MilestoneMeasure.model_construct(kind="milestone", milestones=dict(milestones or {}))
        case MeasureKind.YES_NO:
            return wire.YesNoMeasure.model_construct(kind="yes_no")
        case MeasureKind.RATING:
            is_average = aggregation is Aggregation.AVERAGE
            return wire.RatingMeasure.model_construct(
                kind="rating", aggregation=Aggregation.AVERAGE if is_average else Aggregation.LAST
            )


_SCORINGS: Final[Mapping[Method, type[wire.Scoring]]] = {
    Method.EXACT: wire.ExactScoring,
    Method.HIGHER: wire.HigherScoring,
    Method.LOWER: wire.LowerScoring,
    Method.LOWER_INVERSE: wire.LowerInverseScoring,
    Method.MILESTONE: wire.MilestoneScoring,
    Method.POINTS: wire.PointsScoring,
    Method.RANGE: wire.RangeScoring,
    Method.RATING: wire.RatingScoring,
    Method.STEPS: wire.StepsScoring,
    Method.YES_NO: wire.YesNoScoring,
}


def _scoring_of(kpi: Kpi) -> wire.Scoring:
    points = [[band.start, band.score] for band in kpi.bands]
    known: dict[str, Any] = {
        "above": kpi.above or Beyond.CLAMP,
        "below": kpi.below or Beyond.CLAMP,
        "high": kpi.high,
        "levels": kpi.levels,
        "low": kpi.low,
        "maximum_target": kpi.is_target_maximum,
        "points": points,
        "steps": points,
        "target": kpi.target,
    }
    parameters = {name: known[name] for name in PARAMETERS[kpi.method]}
    build: Any = _SCORINGS[kpi.method].model_construct
    scoring: wire.Scoring = build(method=kpi.method.value, floor=kpi.floor, cap=kpi.cap, **parameters)
    return scoring


# --- Faults -----------------------------------------------------------------------------------------------------------


@contextmanager
def said_by_path(sent: wire.KpiSent) -> Iterator[None]:
    """Name the places of faults in one KPI as the wire does."""
    try:
        yield
    except Invalid as refused:
        raise Invalid([on_the_wire(fault, sent.scoring.method) for fault in refused.faults]) from refused


def findings_on_the_wire(plan: Plan, faults: Iterable[Fault]) -> list[Fault]:
    """What a plan lacks, by the paths that its document has."""
    kpis = kpis_of(plan)
    moved = []
    for fault in faults:
        head, dot, rest = fault.at.partition(".")
        if head.startswith("kpis[") and dot:
            kpi = kpis[int(head[5:-1])]
            moved.append(on_the_wire(Fault(rest, fault.code, fault.values), kpi.method).under(head))
        else:
            moved.append(fault)
    return moved


def on_the_wire(fault: Fault, method: str) -> Fault:
    """A fault in a KPI with the path that its document has, instead of the name of the column."""
    name = fault.at.partition("[")[0].partition(".")[0]
    rest = fault.at[len(name) :]
    parts = {**_MEASURE_PARTS, **_SCORING_PARTS, **_OTHER_PARTS}
    place = "scoring.steps" if method == Method.STEPS else "scoring.points"
    return Fault(f"{place if name == 'bands' else parts.get(name, name)}{rest}", fault.code, fault.values)
