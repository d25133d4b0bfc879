"""What is typed about a KPI, how does it become columns, and what of it is refused, each fault beside its field?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from app.models import Cycle, Kpi, KpiInput, Milestone, Period, PeriodTarget, Plan, ScoreBand
from app.rules.aggregation import Term
from app.rules.faults import Fault
from app.rules.methods import OWN_MEASURE, PARAMETERS, set_up_faults
from app.rules.numbers import exact_sum, plain, shown
from app.rules.policy import Policy
from app.rules.texts import text_faults, tidy, tidy_lines
from app.rules.vocabulary import Aggregation, Beyond, Frequency, MeasureKind, Method, RecorderRule, SourceKind
from app.services.cycles import policy_of
from app.services.plan_values import measure_of, scoring_of, takes_period_targets

MOST_ROWS: Final = 24
"""Inputs, milestones or points of one KPI."""
LIMITS: Final[Mapping[str, int]] = {
    "name": 200,
    "definition": 2_000,
    "source": 300,
    "unit_of_measure": 60,
    "code": 40,
    "relevance": 500,
}
_LEVELS: Final = range(2, 101)
_OPEN_CODES: Final = frozenset({"required", "no_inputs", "too_few_points", "no_steps", "no_milestones"})
"""Faults that only say that something is still missing: a draft may be kept with them, but not submitted."""
_FREE_METHODS: Final = (
    Method.HIGHER,
    Method.LOWER,
    Method.LOWER_INVERSE,
    Method.RANGE,
    Method.EXACT,
    Method.POINTS,
    Method.STEPS,
)
_OWN_METHOD: Final = {kind: method for method, kind in OWN_MEASURE.items()}
METHODS_OF: Final[Mapping[MeasureKind, tuple[Method, ...]]] = {
    kind: (_OWN_METHOD[kind],) if kind in _OWN_METHOD else _FREE_METHODS for kind in MeasureKind
}
"""The methods that can score each measure."""
AGGREGATIONS_OF: Final[Mapping[MeasureKind, tuple[Aggregation, ...]]] = {
    MeasureKind.VALUE: (Aggregation.SUM, Aggregation.AVERAGE, Aggregation.LAST, Aggregation.MAX, Aggregation.MIN),
    MeasureKind.RATING: (Aggregation.AVERAGE, Aggregation.LAST),
}
_FIELD_OF: Final[Mapping[str, str]] = {
    "measure.base": "baseline",
    "scoring.maximum_target": "is_target_maximum",
    "scoring.points": "bands",
    "scoring.steps": "bands",
}


@dataclass(frozen=True, slots=True)
class KpiValues:
    """What is typed about a KPI but its ratings and weight; what its measure or method has no use for is let go."""

    name: str
    measure: MeasureKind
    method: Method
    source_kind: SourceKind
    frequency: Frequency
    definition: str = ""
    source: str = ""
    unit_of_measure: str = ""
    aggregation: Aggregation | None = None
    numerator: Sequence[Term] = ()
    denominator: Sequence[Term] = ()
    scale: Decimal | None = None
    milestones: Sequence[tuple[str, Decimal]] = ()
    baseline: Decimal | None = None
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    levels: int | None = None
    bands: Sequence[tuple[Decimal, Decimal]] = ()
    """Points of `points` or lower bounds of `steps`, each with its score."""
    below: Beyond | None = None
    above: Beyond | None = None
    floor: Decimal | None = None
    cap: Decimal | None = None
    is_target_maximum: bool = False
    period_targets: Mapping[str, Decimal] = field(default_factory=dict)
    """Targets by the code of their period: of all periods of the plan, or of none."""
    definition_id: int | None = None
    relevance: str = ""
    """Why the KPI belongs to its objective."""
    recorder: RecorderRule | None = None
    """Who records the figures; None leaves it to the source."""
    recorder_number: str = ""
    """The employee number of a third party."""
    code: str = ""
    """Left empty it comes from the library's definition, or is numbered; it stays the same in every version."""


# --- From values to columns -------------------------------------------------------------------------------------------


def write_values(kpi: Kpi, values: KpiValues, cycle: Cycle) -> None:
    """Write typed values to the KPI; whatever its measure or method has no use for is left empty."""
    method = values.method
    parameters = PARAMETERS[method]
    kpi.name, kpi.definition = tidy(values.name), tidy_lines(values.definition)
    kpi.relevance = tidy_lines(values.relevance)
    kpi.source_kind, kpi.source = values.source_kind, tidy(values.source)
    kpi.measure, kpi.method, kpi.frequency = values.measure, method, values.frequency
    kpi.unit_of_measure, kpi.definition_id = tidy(values.unit_of_measure), values.definition_id
    kpi.aggregation = values.aggregation if values.measure in AGGREGATIONS_OF else None
    kpi.scale = values.scale if values.measure is MeasureKind.RATIO else None
    kpi.baseline = values.baseline
    kpi.target = values.target if "target" in parameters else None
    kpi.low = values.low if "low" in parameters else None
    kpi.high = values.high if "high" in parameters else None
    kpi.levels = values.levels if "levels" in parameters else None
    kpi.below = (values.below or Beyond.CLAMP) if "below" in parameters else None
    kpi.above = (values.above or Beyond.CLAMP) if "above" in parameters else None
    kpi.floor, kpi.cap = values.floor, values.cap
    kpi.is_target_maximum = values.is_target_maximum and "maximum_target" in parameters
    _write_parts(kpi, values, cycle)


def _write_parts(kpi: Kpi, values: KpiValues, cycle: Cycle) -> None:
    terms = [(False, term) for term in values.numerator] + [(True, term) for term in values.denominator]
    kpi.inputs = [
        KpiInput(place=place, name=term.name, is_denominator=below, is_subtracted=term.sign < 0)
        for place, (below, term) in enumerate(terms if values.measure is MeasureKind.RATIO else [], start=1)
    ]
    milestones = values.milestones if values.measure is MeasureKind.MILESTONE else ()
    kpi.milestones = [
        Milestone(place=place, name=name, share=share) for place, (name, share) in enumerate(milestones, start=1)
    ]
    bands = values.bands if values.method in (Method.POINTS, Method.STEPS) else ()
    kpi.bands = [
        ScoreBand(place=place, start=start, score=score) for place, (start, score) in enumerate(bands, start=1)
    ]
    targets = values.period_targets if _takes_period_targets(values) else {}
    kpi.period_targets = [
        PeriodTarget(period_id=period.id, target=targets[period.code])
        for period in cycle.periods
        if period.code in targets
    ]


def _takes_period_targets(values: KpiValues) -> bool:
    return takes_period_targets(values.measure, values.aggregation, values.method)


def plan_periods(plan: Plan) -> list[Period]:
    """The periods of the cycle that the plan reaches into."""
    return [
        period for period in plan.cycle.periods if period.ends_on >= plan.starts_on and period.starts_on <= plan.ends_on
    ]


# --- Faults -----------------------------------------------------------------------------------------------------------


def kpi_faults(kpi: Kpi, policy: Policy) -> list[Fault]:
    """Everything that the KPI's set-up still lacks or that cannot be, by the names of its columns."""
    faults = [] if kpi.name else [Fault("name", "required")]
    if kpi.measure is MeasureKind.MILESTONE and not kpi.milestones:
        # Without any milestone "the shares add up to 0" would tell half the story
        return [*faults, Fault("milestones", "no_milestones")]
    return faults + [
        Fault(_field_of(fault.at), fault.code, fault.values)
        for fault in set_up_faults(measure_of(kpi), scoring_of(kpi), policy)
    ]


def _field_of(at: str) -> str:
    if at.startswith("measure.milestones"):
        return "milestones"
    return _FIELD_OF.get(at, at.partition(".")[2])


def typed_faults(values: KpiValues, plan: Plan) -> list[Fault]:
    """What is wrong with what was typed, not counting what is merely missing; needs no stored KPI."""
    faults = text_faults("name", tidy(values.name), limit=LIMITS["name"])
    for name in ("source", "unit_of_measure", "code"):
        faults += text_faults(name, tidy(getattr(values, name)), limit=LIMITS[name], required=False)
    for name in ("definition", "relevance"):
        faults += text_faults(name, tidy_lines(getattr(values, name)), limit=LIMITS[name], required=False)
    return [*faults, *figure_faults(values, plan)]


def figure_faults(values: KpiValues, plan: Plan) -> list[Fault]:
    """The same for the figures alone, which is all that a curve needs."""
    faults = [*_part_faults(values), *_choice_faults(values)]
    if not faults:
        draft = Kpi()
        write_values(draft, values, plan.cycle)
        found = kpi_faults(draft, policy_of(plan.cycle))
        faults += [fault for fault in found if fault.code not in _OPEN_CODES or _is_half_given(fault, values)]
    return [*faults, *_period_target_faults(values, plan)]


def _is_half_given(fault: Fault, values: KpiValues) -> bool:
    """One point of a curve that needs two is wrong; no point at all is only missing."""
    return fault.code == "too_few_points" and bool(values.bands)


def _choice_faults(values: KpiValues) -> list[Fault]:
    faults = []
    if values.method not in METHODS_OF[values.measure]:
        words = {"method": values.method.value, "kind": values.measure.value}
        faults.append(Fault("method", "method_cannot_score_measure", words))
    allowed = AGGREGATIONS_OF.get(values.measure)
    if allowed and values.aggregation is None:
        faults.append(Fault("aggregation", "required"))
    elif allowed and values.aggregation not in allowed:
        faults.append(Fault("aggregation", "not_one_of", {"choices": ", ".join(allowed)}))
    if values.measure is MeasureKind.RATIO and values.scale is None:
        faults.append(Fault("scale", "required"))
    if values.levels is not None and values.levels not in _LEVELS:
        faults.append(Fault("levels", "levels_not_2_to_100"))
    return faults


def _part_faults(values: KpiValues) -> list[Fault]:
    faults = []
    if values.measure is MeasureKind.RATIO:
        for at, terms in (("numerator", values.numerator), ("denominator", values.denominator)):
            faults += _name_faults(at, [term.name for term in terms], limit=60)
    if values.measure is MeasureKind.MILESTONE:
        faults += _name_faults("milestones", [name for name, _ in values.milestones], limit=100)
        if any(shown(share) != share for _, share in values.milestones):
            faults.append(Fault("milestones", "more_than_2_decimals"))
    if values.method in (Method.POINTS, Method.STEPS) and len(values.bands) > MOST_ROWS:
        faults.append(Fault("bands", "too_many_parts", {"most": str(MOST_ROWS)}))
    return faults


def _name_faults(at: str, names: Sequence[str], *, limit: int) -> list[Fault]:
    faults = []
    if len(names) > MOST_ROWS:
        faults.append(Fault(at, "too_many_parts", {"most": str(MOST_ROWS)}))
    if any(not name for name in names):
        faults.append(Fault(at, "name_missing"))
    if any(len(name) > limit for name in names):
        faults.append(Fault(at, "text_too_long", {"limit": str(limit)}))
    twice = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if twice:
        faults.append(Fault(at, "named_twice", {"name": twice[0]}))
    return faults


def _period_target_faults(values: KpiValues, plan: Plan) -> list[Fault]:
    if not values.period_targets or not _takes_period_targets(values):
        return []
    codes = [period.code for period in plan_periods(plan)]
    unknown = [code for code in values.period_targets if code not in codes]
    missing = [code for code in codes if code not in values.period_targets]
    faults = [Fault(f"period_targets.{code}", "period_unknown") for code in unknown]
    faults += [Fault(f"period_targets.{code}", "period_target_missing") for code in missing]
    total = exact_sum(values.period_targets.values())
    if not faults and values.target is not None and total != values.target:
        words = {"total": plain(total), "target": plain(values.target)}
        faults.append(Fault("period_targets", "period_targets_not_target", words))
    return faults
