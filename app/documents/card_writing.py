"""How is a scored plan written as a card for `kinerja score`, so that anybody can compute its result again?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import Any, Final

from app.rules.aggregation import (
    Entry,
    GrowthMeasure,
    Measure,
    MilestoneMeasure,
    NotADate,
    RatingMeasure,
    RatioMeasure,
    Term,
    ValueMeasure,
    YesNoMeasure,
    parse_on,
)
from app.rules.methods import PARAMETERS, Point, Scoring
from app.rules.policy import Policy
from app.rules.progress import Elapsed

Json = dict[str, Any]

_EXACT: Final = Context(prec=1000, traps=[Inexact])


@dataclass(frozen=True, slots=True)
class CardKpi:
    """A KPI with what counts for it: the agreed scoring, the days of it that are asked for, and the entries."""

    code: str
    weight: Decimal
    measure: Measure
    scoring: Scoring
    entries: Sequence[Entry] = ()
    elapsed: Elapsed | None = None
    is_left_out: bool = False


def card_json(policy: Policy, kpis: Sequence[CardKpi]) -> Json:
    """The card, with every part of the policy said."""
    return {"policy": _policy(policy), "kpis": [_kpi(kpi) for kpi in kpis]}


def _policy(policy: Policy) -> Json:
    criteria = policy.criteria
    return {
        "floor": exact_text(policy.floor),
        "cap": exact_text(policy.cap),
        "missing": policy.missing.value,
        "criteria": {
            "priority": exact_text(criteria.priority),
            "difficulty": exact_text(criteria.difficulty),
            "credibility": exact_text(criteria.credibility),
        },
        "weight_step": exact_text(policy.weight_step),
        "weight_floor": exact_text(policy.weight_floor),
        "weight_ceiling": exact_text(policy.weight_ceiling),
        "grades": [{"from": exact_text(band.lower), "code": band.code} for band in policy.grades],
    }


def _kpi(kpi: CardKpi) -> Json:
    written: Json = {
        "code": kpi.code,
        "weight": format(kpi.weight, "f"),
        "measure": _measure(kpi.measure),
        "scoring": _scoring(kpi.scoring),
        "entries": [_entry(entry, kpi.measure) for entry in kpi.entries],
    }
    if kpi.elapsed:
        written["elapsed"] = {"days": kpi.elapsed.days, "of": kpi.elapsed.of}
    if kpi.is_left_out:
        written["due"] = False
    return written


def _measure(measure: Measure) -> Json:
    match measure:
        case ValueMeasure(aggregation) | RatingMeasure(aggregation):
            return {"kind": measure.kind.value, "aggregation": aggregation.value}
        case RatioMeasure(numerator, denominator, scale):
            terms = {"numerator": _terms(numerator), "denominator": _terms(denominator)}
            return {"kind": measure.kind.value, **terms, "scale": exact_text(scale)}
        case GrowthMeasure(base):
            return {"kind": measure.kind.value, **({} if base is None else {"base": exact_text(base)})}
        case MilestoneMeasure(milestones):
            shares = {name: exact_text(share) for name, share in milestones.items()}
            return {"kind": measure.kind.value, "milestones": shares}
        case YesNoMeasure():
            return {"kind": measure.kind.value}


def _terms(terms: Sequence[Term]) -> list[str]:
    return [f"-{term.name}" if term.sign < 0 else term.name for term in terms]


def _scoring(scoring: Scoring) -> Json:
    written: Json = {"method": scoring.method.value}
    for name in PARAMETERS[scoring.method]:
        value = getattr(scoring, name)
        if name != "maximum_target" or value:
            written[name] = _parameter(value)
    for name in ("floor", "cap"):
        limit: Fraction | None = getattr(scoring, name)
        if limit is not None:
            written[name] = exact_text(limit)
    return written


def _parameter(value: object) -> object:
    match value:
        case Fraction():
            return exact_text(value)
        case tuple():
            return [[exact_text(point.x), exact_text(point.score)] for point in value if isinstance(point, Point)]
        case _:
            return value


def _entry(entry: Entry, measure: Measure) -> Json:
    on = _on(entry)
    match measure:
        case RatioMeasure():
            names = measure.inputs
            return {"on": on, "inputs": {name: format(v, "f") for name, v in entry.inputs.items() if name in names}}
        case MilestoneMeasure():
            return {"on": on, "reached": list(entry.reached)}
        case YesNoMeasure():
            return {"on": on, "value": bool(entry.value)}
        case _:
            return {"on": on, "value": format(entry.value or Decimal(0), "f")}


def _on(entry: Entry) -> str:
    """The days as a card can say them: a half-year, which cards do not know, by its last day."""
    try:
        parse_on(entry.on)
    except NotADate:
        return entry.last_day.isoformat()
    return entry.on


def exact_text(value: Fraction) -> str:
    """All digits of a number that was a decimal once; raises Inexact for any other."""
    return format(_EXACT.divide(Decimal(value.numerator), Decimal(value.denominator)), "f")
