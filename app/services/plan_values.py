"""What does a stored KPI measure and how is it scored, as the values that the rules compute with?"""

from decimal import Decimal
from fractions import Fraction

from app.models import Kpi
from app.rules.aggregation import (
    GrowthMeasure,
    Measure,
    MilestoneMeasure,
    RatingMeasure,
    RatioMeasure,
    Term,
    ValueMeasure,
    YesNoMeasure,
)
from app.rules.methods import PARAMETERS, Point, Scoring
from app.rules.vocabulary import Aggregation, Beyond, MeasureKind, Method


def measure_of(kpi: Kpi) -> Measure:
    """What the KPI measures, as the rules compute with it."""
    match kpi.measure:
        case MeasureKind.VALUE:
            return ValueMeasure(kpi.aggregation or Aggregation.LAST)
        case MeasureKind.RATIO:
            return RatioMeasure(_terms(kpi, of_denominator=False), _terms(kpi, of_denominator=True), _scale(kpi))
        case MeasureKind.GROWTH:
            return GrowthMeasure(_fraction(kpi.baseline))
        case MeasureKind.MILESTONE:
            return MilestoneMeasure({milestone.name: Fraction(milestone.share) for milestone in kpi.milestones})
        case MeasureKind.YES_NO:
            return YesNoMeasure()
        case MeasureKind.RATING:
            return RatingMeasure(kpi.aggregation or Aggregation.LAST)


def scoring_of(kpi: Kpi) -> Scoring:
    """How the KPI is scored, as the rules compute with it; nothing but what its method is set up with."""
    parameters = PARAMETERS[kpi.method]
    points = tuple(Point(Fraction(band.start), Fraction(band.score)) for band in kpi.bands)
    return Scoring(
        method=kpi.method,
        target=_fraction(kpi.target) if "target" in parameters else None,
        low=_fraction(kpi.low) if "low" in parameters else None,
        high=_fraction(kpi.high) if "high" in parameters else None,
        points=points if "points" in parameters else (),
        below=kpi.below or Beyond.CLAMP,
        above=kpi.above or Beyond.CLAMP,
        steps=points if "steps" in parameters else (),
        levels=kpi.levels if "levels" in parameters else None,
        floor=_fraction(kpi.floor),
        cap=_fraction(kpi.cap),
        maximum_target=kpi.is_target_maximum,
    )


def takes_period_targets(measure: MeasureKind, aggregation: Aggregation | None, method: Method) -> bool:
    """Whether the target may be split over the periods: only a sum grows towards one single target."""
    return measure is MeasureKind.VALUE and aggregation is Aggregation.SUM and "target" in PARAMETERS[method]


def _terms(kpi: Kpi, *, of_denominator: bool) -> tuple[Term, ...]:
    return tuple(
        Term(each.name, -1 if each.is_subtracted else 1) for each in kpi.inputs if each.is_denominator is of_denominator
    )


def _scale(kpi: Kpi) -> Fraction:
    return Fraction(1 if kpi.scale is None else kpi.scale)


def _fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)
