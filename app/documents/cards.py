"""What does a scorecard in JSON say, and what is its result in JSON? Every fault comes with its path, all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from app.documents.json_entries import date_faults, read_entries
from app.documents.json_fields import Fields, unsaid
from app.documents.json_policy import read_policy
from app.documents.json_scoring import read_set_up
from app.documents.json_text import parse_json
from app.rules.aggregation import Measure, actual
from app.rules.faults import Fault, Refused
from app.rules.methods import Scoring, actual_fault, set_up_faults
from app.rules.numbers import plain, shown_text
from app.rules.policy import Policy
from app.rules.progress import Elapsed, in_proportion, is_sum
from app.rules.scoring import CardResult, Kpi, KpiResult, missing_faults
from app.rules.vocabulary import Language, Method
from app.rules.weighting import RATINGS, Rating, bounds_fault, computed_weights, direct_weight_faults
from app.working import working_text

Faults = list[Fault]

_RATINGS: Final = ("priority", "difficulty", "credibility")
_KPI_KEYS: Final = frozenset({"code", "weight", *_RATINGS, "measure", "scoring", "entries", "elapsed", "due"})
_NAMES_OF_INPUTS: Final = ("measure.numerator", "measure.denominator", "measure.milestones.", "measure.milestones[")
"""Where faults leave it open what an entry should hold."""

_POLICY_BEHIND: Final[Mapping[str, frozenset[str]]] = {
    "cap_above_policy": frozenset({"policy.cap"}),
    "cap_not_above_floor": frozenset({"policy.cap", "policy.floor"}),
    "floor_below_policy": frozenset({"policy.floor"}),
    "floor_not_below_cap": frozenset({"policy.cap", "policy.floor"}),
    "weight_ceiling_impossible": frozenset({"policy.weight_ceiling", "policy.weight_floor"}),
    "weight_floor_impossible": frozenset({"policy.weight_ceiling", "policy.weight_floor"}),
}
"""Faults of KPIs that come from comparing with the policy; where that part is refused itself they say nothing."""


class CardRefused(ValueError):
    """The card cannot be scored; `faults` are all the reasons, each with its path."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("the card is refused")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Card:
    """A scorecard that can be scored."""

    policy: Policy
    kpis: tuple[Kpi, ...]


# --- Reading a card ---------------------------------------------------------------------------------------------------


def read_card(raw: bytes) -> Card:
    """The card that the bytes hold; raises `CardRefused` with every fault."""
    try:
        fields = Fields(parse_json(raw), ("policy", "kpis"))
    except Refused as refusal:
        raise CardRefused([refusal.fault]) from None
    fields.need("kpis")
    policy, policy_faults = read_policy(fields.get("policy", {}))
    items = fields.items("kpis")
    readings = [_read_kpi(item, policy) for item in items or ()]
    faults = [
        *fields.faults,
        *(fault.under("policy") for fault in policy_faults),
        *(fault.under(f"kpis[{index}]") for index, reading in enumerate(readings) for fault in reading.faults),
        *(_plan_faults(readings, policy) if readings else []),
    ]
    if items == []:
        faults.append(Fault("kpis", "no_kpis"))
    if faults:
        raise CardRefused(_sensible(faults))
    weights = _weights(readings, policy)
    return Card(policy, tuple(reading.kpi(weight) for reading, weight in zip(readings, weights, strict=True)))


def _sensible(faults: Faults) -> Faults:
    """The faults without those that compare a KPI with a part of the policy that was refused itself."""
    refused = {fault.at for fault in faults if fault.at.startswith("policy.")}
    return [
        fault
        for fault in faults
        if fault.at in refused or _POLICY_BEHIND.get(fault.code, frozenset()).isdisjoint(refused)
    ]


# --- Reading a KPI ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _KpiReading:
    """A KPI as far as it could be read; it is complete where there are no faults."""

    is_object: bool
    code: str | None
    weight: Decimal | None
    is_typed: bool
    ratings: dict[str, int | None]
    scoring: Scoring | None
    actual: Fraction | None
    is_due: bool
    faults: Faults

    def kpi(self, weight: Decimal) -> Kpi:
        """The KPI for the rules; a refused one must not be taken for one without data."""
        scoring = self.scoring or Scoring(Method.YES_NO)
        return Kpi(self.code or "", weight, scoring, self.actual, is_left_out=bool(self.faults) or not self.is_due)


def _read_kpi(item: Any, policy: Policy) -> _KpiReading:
    fields = Fields(item, _KPI_KEYS)
    fields.need("code", "scoring")
    code, weight = fields.text("code"), fields.decimal("weight")
    ratings = {name: _rating(fields, name) for name in _RATINGS if name in fields}
    measure, scoring = _read_set_up(fields, policy)
    if "elapsed" in fields:
        scoring = _to_date(fields, measure, scoring)
    figure = _read_actual(fields, measure, scoring)
    is_due = fields.flag("due") is not False
    return _KpiReading(
        is_object=fields.is_object,
        code=code,
        weight=weight,
        is_typed="weight" in fields,
        ratings=ratings,
        scoring=scoring,
        actual=figure,
        is_due=is_due,
        faults=fields.faults,
    )


def _to_date(fields: Fields, measure: Measure | None, scoring: Scoring | None) -> Scoring | None:
    """The scoring that asks for the elapsed share of what was agreed, which only a sum can be asked for."""
    part = fields.part("elapsed", ("days", "of"))
    part.need("days", "of")
    days, of = part.whole("days"), part.whole("of")
    faults = [
        Fault(name, "not_above_0") for name, count in (("days", days), ("of", of)) if count is not None and count <= 0
    ]
    part.faults += faults
    if measure is not None and not is_sum(measure):
        part.faults.append(Fault("", "elapsed_not_here"))
    fields.take("elapsed", part)
    if part.faults or scoring is None or days is None or of is None:
        return scoring
    return in_proportion(scoring, Elapsed(days, of))


def _rating(fields: Fields, name: str) -> int | None:
    rating = fields.whole(name)
    if rating is None or rating in RATINGS:
        return rating
    fields.faults.append(Fault(name, "rating_out_of_range"))
    return None


def _read_set_up(fields: Fields, policy: Policy) -> tuple[Measure | None, Scoring | None]:
    """Measure and scoring as far as they are known; what is wrong with them is added to the fields' faults."""
    measure, scoring, said = read_set_up(fields.get("measure", {}), fields.get("scoring", {}))
    if "scoring" not in fields:  # said already, by the KPI
        said = [fault for fault in said if not fault.at.startswith("scoring")]
    fields.faults += said
    if measure is not None and scoring is not None:
        fields.faults += unsaid(set_up_faults(measure, scoring, policy), said)
    return measure, scoring


def _read_actual(fields: Fields, measure: Measure | None, scoring: Scoring | None) -> Fraction | None:
    """What the entries come to; what is wrong with them or with that is added to the fields' faults."""
    items = fields.items("entries") or []
    if measure is None or any(fault.at.startswith(_NAMES_OF_INPUTS) for fault in fields.faults):
        fields.faults += date_faults(items)
        return None
    entries, faults = read_entries(items, measure, scoring.levels if scoring else None)
    fields.faults += faults
    if faults or any(fault.at.startswith("measure") for fault in fields.faults):
        return None
    try:
        figure = actual(measure, entries)
    except Refused as refusal:
        fields.faults.append(refusal.fault)
        return None
    fault = actual_fault(scoring, figure) if scoring and figure is not None else None
    fields.faults += [fault] if fault else []
    return figure


# --- What the KPIs must be together -----------------------------------------------------------------------------------


def _plan_faults(readings: Sequence[_KpiReading], policy: Policy) -> Faults:
    """What is wrong with the KPIs as a whole: codes that stand twice, weights, missing data under `block`."""
    is_any_typed = any(reading.is_typed for reading in readings)
    is_any_rated = any(reading.ratings for reading in readings)
    if not all(reading.is_object for reading in readings):
        faults = []  # nobody knows yet what the weights are
    elif is_any_typed and is_any_rated:
        faults = [Fault("kpis", "weights_and_ratings")]
    elif is_any_rated:
        faults = _rating_faults(readings, policy)
    else:
        faults = _typed_faults(readings)
    kpis = [reading.kpi(Decimal(0)) for reading in readings]
    return [*_code_faults(readings), *faults, *missing_faults(policy, kpis)]


def _code_faults(readings: Sequence[_KpiReading]) -> Faults:
    seen: set[str] = set()
    faults = []
    for index, reading in enumerate(readings):
        if reading.code in seen:
            faults.append(Fault(f"kpis[{index}].code", "code_twice", {"code": reading.code}))
        elif reading.code is not None:
            seen.add(reading.code)
    return faults


def _rating_faults(readings: Sequence[_KpiReading], policy: Policy) -> Faults:
    faults = [
        Fault(f"kpis[{index}].{name}", "required")
        for index, reading in enumerate(readings)
        for name in _RATINGS
        if name not in reading.ratings
    ]
    impossible = bounds_fault(len(readings), policy)
    return [*faults, impossible.under("kpis")] if impossible else faults


def _typed_faults(readings: Sequence[_KpiReading]) -> Faults:
    code = "required" if any(reading.is_typed for reading in readings) else "weight_or_ratings_required"
    faults = [Fault(f"kpis[{i}].weight", code) for i, reading in enumerate(readings) if not reading.is_typed]
    weights = [reading.weight for reading in readings if reading.weight is not None]
    if len(weights) == len(readings):
        faults += [fault.under("kpis") for fault in direct_weight_faults(weights)]
    return faults


def _weights(readings: Sequence[_KpiReading], policy: Policy) -> list[Decimal]:
    """The typed weights, or else those that follow from the ratings; for KPIs without faults."""
    typed = [reading.weight for reading in readings if reading.weight is not None]
    if typed:
        return typed
    complete = ({name: rating or 0 for name, rating in reading.ratings.items()} for reading in readings)
    return computed_weights([Rating(**ratings) for ratings in complete], policy)


# --- Writing a result -------------------------------------------------------------------------------------------------


def result_json(result: CardResult, language: Language) -> dict[str, Any]:
    """The result as it is printed: every number as text, rounded once."""
    return {
        "total": None if result.total is None else str(result.total),
        "grade": result.grade,
        "coverage": str(result.coverage),
        "kpis": [_kpi_json(kpi, language) for kpi in result.kpis],
    }


def _kpi_json(kpi: KpiResult, language: Language) -> dict[str, str | None]:
    achievement = None if kpi.achievement is None else shown_text(kpi.achievement)
    return {
        "code": kpi.code,
        "weight": shown_text(kpi.weight),
        "actual": None if kpi.actual is None else plain(kpi.actual),
        "achievement": achievement,
        "uncapped": None if kpi.uncapped is None else shown_text(kpi.uncapped),
        "contribution": None if kpi.contribution is None else str(kpi.contribution),
        "explanation": working_text(kpi.working, language),
    }
