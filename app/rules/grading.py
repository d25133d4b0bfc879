"""Which grade does a total reach, and how does a running KPI stand?"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from app.rules.numbers import as_fraction
from app.rules.policy import GradeBand, StatusThresholds
from app.rules.vocabulary import KpiStatus


def grade(total: Decimal, bands: Sequence[GradeBand]) -> str:
    """The code of the highest band that the shown total reaches; the lowest band has no end below."""
    exact_total = as_fraction(total)
    reached = [band for band in bands if exact_total >= band.lower]
    if reached:
        return max(reached, key=_lower).code
    return min(bands, key=_lower).code


def _lower(band: GradeBand) -> Fraction:
    return band.lower


def status(
    to_date: Fraction | None, *, full: Fraction | None, is_final: bool, thresholds: StatusThresholds
) -> KpiStatus | None:
    """Where a running KPI stands; none without data.

    `to_date` is the achievement against the target to date, `full` the one against the whole target. `full` proves
    something only when no later entry can take it away (`is_final`): costs are low in January.
    """
    if to_date is None:
        return None
    if is_final and full is not None and full >= thresholds.achieved:
        return KpiStatus.ACHIEVED
    if to_date >= thresholds.ahead:
        return KpiStatus.AHEAD
    return KpiStatus.ON_TRACK if to_date >= thresholds.on_track else KpiStatus.BEHIND
