"""What do measure and scoring of one KPI in a JSON card say?"""

import marshal
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, NamedTuple

from app.documents.json_fields import UNKNOWN_KEY, Fields, fraction_at, text_at, word_at
from app.rules.aggregation import (
    RATING_AGGREGATIONS,
    GrowthMeasure,
    Measure,
    MilestoneMeasure,
    RatingMeasure,
    RatioMeasure,
    Term,
    ValueMeasure,
    YesNoMeasure,
)
from app.rules.faults import Fault, key_path
from app.rules.methods import OWN_MEASURE, PARAMETERS, Point, Scoring
from app.rules.vocabulary import Aggregation, Beyond, MeasureKind, Method

Faults = list[Fault]

_NOTHING: Final = object()
_LIMITS: Final = ("method", "floor", "cap")
_MEASURE_KEYS: Final[Mapping[MeasureKind, frozenset[str]]] = {
    MeasureKind.GROWTH: frozenset({"kind", "base"}),
    MeasureKind.MILESTONE: frozenset({"kind", "milestones"}),
    MeasureKind.RATING: frozenset({"kind", "aggregation"}),
    MeasureKind.RATIO: frozenset({"kind", "numerator", "denominator", "scale"}),
    MeasureKind.VALUE: frozenset({"kind", "aggregation"}),
    MeasureKind.YES_NO: frozenset({"kind"}),
}
_SCORING_KEYS: Final = {method: frozenset((*_LIMITS, *names)) for method, names in PARAMETERS.items()}
_ALL_SCORING_KEYS: Final = frozenset(_LIMITS).union(*PARAMETERS.values())
_ALL_MEASURE_KEYS: Final = frozenset[str]().union(*_MEASURE_KEYS.values())


class SetUp(NamedTuple):
    """Measure and scoring as far as they are known, and what is ill-formed in them as seen from the KPI."""

    measure: Measure | None
    scoring: Scoring | None
    faults: Sequence[Fault]


def read_set_up(measure: Any, scoring: Any) -> SetUp:
    """What the JSON of measure and scoring says.

    A company's cards hold the same set-ups over and over, so each is read once. They are told apart by their exact
    JSON: what marshal cannot write, such as a key that stands twice or a number that is no string, is read each time.
    """
    try:
        exact_json = marshal.dumps((measure, scoring), 2)
    except ValueError:
        return _read_set_up(measure, scoring)
    return _known_set_up(exact_json)


@lru_cache(maxsize=4096)
def _known_set_up(exact_json: bytes) -> SetUp:
    return _read_set_up(*marshal.loads(exact_json))  # noqa: S302 - bytes that read_set_up has just made


def _read_set_up(measure: Any, scoring: Any) -> SetUp:
    found_scoring, in_scoring = read_scoring(scoring)
    found_measure, in_measure = read_measure(measure, found_scoring.method if found_scoring else None)
    faults = [fault.under("scoring") for fault in in_scoring] + [fault.under("measure") for fault in in_measure]
    return SetUp(found_measure, found_scoring, tuple(faults))


# --- Scoring ----------------------------------------------------------------------------------------------------------


def read_scoring(value: Any) -> tuple[Scoring | None, Faults]:
    """The scoring and what is ill-formed in it, seen from the scoring; none where the method is unknown."""
    method = word_at(_get(value, "method"), Method)
    known = _ALL_SCORING_KEYS if method is None else _SCORING_KEYS[method]
    fields = Fields(value, known)
    if method is None:
        fields.need("method")
        fields.choice("method", Method)
        return None, fields.faults
    parameters = {key: _READERS[key](fields, key) for key in value if key in known and key in _READERS}
    scoring = Scoring(method, **{key: each for key, each in parameters.items() if each is not None})
    return scoring, _at_home_elsewhere(fields.faults, _ALL_SCORING_KEYS, "key_not_of_method", method)


def _points(fields: Fields, key: str) -> tuple[Point, ...]:
    points = []
    for index, item in enumerate(fields.items(key) or ()):
        at = f"{key}[{index}]"
        if not isinstance(item, list) or len(item) != 2:  # noqa: PLR2004
            fields.faults.append(Fault(at, "not_a_point"))
            continue
        x = fraction_at(item[0], f"{at}[0]", fields.faults)
        score = fraction_at(item[1], f"{at}[1]", fields.faults)
        if x is not None and score is not None:
            points.append(Point(x, score))
    return tuple(points)


def _beyond(fields: Fields, key: str) -> Beyond | None:
    return fields.choice(key, Beyond)


_READERS: Final[Mapping[str, Callable[[Fields, str], Any]]] = {
    "above": _beyond,
    "below": _beyond,
    "cap": Fields.fraction,
    "floor": Fields.fraction,
    "high": Fields.fraction,
    "levels": Fields.whole,
    "low": Fields.fraction,
    "maximum_target": Fields.flag,
    "points": _points,
    "steps": _points,
    "target": Fields.fraction,
}
"""How each parameter of a Scoring is read; one that is missing or refused keeps its default."""


# --- Measure ----------------------------------------------------------------------------------------------------------


def read_measure(value: Any, method: Method | None) -> tuple[Measure | None, Faults]:
    """The measure and what is ill-formed in it, seen from the measure; none where its kind cannot be known.

    Where no kind is said it is that of the method, or else a value.
    """
    kind = word_at(_get(value, "kind"), MeasureKind)
    if _get(value, "kind") is _NOTHING and method is not None:
        kind = OWN_MEASURE.get(method, MeasureKind.VALUE)
    fields = Fields(value, _ALL_MEASURE_KEYS if kind is None else _MEASURE_KEYS[kind])
    if kind is None:
        fields.choice("kind", MeasureKind)
    if kind is None or not fields.is_object:
        return None, fields.faults
    measure = _measure(fields, kind)
    return measure, _at_home_elsewhere(fields.faults, _ALL_MEASURE_KEYS, "key_not_of_measure", kind)


def _measure(fields: Fields, kind: MeasureKind) -> Measure:
    match kind:
        case MeasureKind.VALUE:
            return ValueMeasure(fields.choice("aggregation", Aggregation) or Aggregation.LAST)
        case MeasureKind.RATING:
            return RatingMeasure(fields.choice("aggregation", RATING_AGGREGATIONS) or Aggregation.LAST)
        case MeasureKind.RATIO:
            fields.need("scale")
            numerator, denominator = _terms(fields, "numerator"), _terms(fields, "denominator")
            return RatioMeasure(numerator, denominator, fields.fraction_or("scale", Fraction(1)))
        case MeasureKind.GROWTH:
            return GrowthMeasure(fields.fraction("base"))
        case MeasureKind.MILESTONE:
            return MilestoneMeasure(_milestones(fields))
        case MeasureKind.YES_NO:
            return YesNoMeasure()


def _terms(fields: Fields, key: str) -> tuple[Term, ...]:
    terms = []
    for index, item in enumerate(fields.items(key) or ()):
        sign, name = (-1, item[1:]) if type(item) is str and item.startswith("-") else (1, item)
        text = text_at(name, f"{key}[{index}]", fields.faults)
        if text is not None:
            terms.append(Term(text, sign))
    return tuple(terms)


def _milestones(fields: Fields) -> dict[str, Fraction]:
    value = fields.get("milestones", {})
    names = value if isinstance(value, dict) else {}
    part = Fields(value, names)
    shares = {name: fraction_at(share, key_path(name), part.faults) for name, share in names.items()}
    for name in names:
        text_at(name, key_path(name), part.faults)
    fields.take("milestones", part)
    return {name: share for name, share in shares.items() if share is not None}


# --- Both -------------------------------------------------------------------------------------------------------------


def _get(value: Any, key: str) -> Any:
    """A key that must be known before the others can be judged; it is read again when they are."""
    return value.get(key, _NOTHING) if isinstance(value, dict) else _NOTHING


def _at_home_elsewhere(faults: Faults, keys: Collection[str], code: str, word: str) -> Faults:
    """Say of a key that other methods or measures have that it does not go with this one."""
    if not faults:
        return faults
    return [
        Fault(fault.at, code, {"word": word}) if fault.code in UNKNOWN_KEY and fault.at in keys else fault
        for fault in faults
    ]
