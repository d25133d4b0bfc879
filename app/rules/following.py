"""How does a running card stand as a whole, what changed since the period before, and where is most to be won?"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from app.rules.numbers import HUNDRED, as_fraction, fraction_sum, shown
from app.rules.policy import StatusThresholds
from app.rules.progress import Standing
from app.rules.scorecard import ScorecardKpi, Trend
from app.rules.vocabulary import KpiStatus, Missing

# Everything here follows from the figures as they are printed on the card, so that a reader can check it with them,
# and so that it comes out for a card published years ago as well.

DROP_ALERT: Final = Fraction(10)
"""From so many points down against the period before a change is an alert."""
WEAKEST: Final = 3
"""How many of the weakest KPIs are named."""


class Whole(NamedTuple):
    """How KPIs stand together; without data neither status nor achievement."""

    status: KpiStatus | None
    achievement: Decimal | None
    coverage: Decimal
    """The weight that has data."""
    weight: Decimal


class Change(NamedTuple):
    """What a period on its own came to against the last one before that can be compared with it."""

    period_code: str
    since: str
    now: Decimal
    before: Decimal

    @property
    def difference(self) -> Decimal:
        """Points up, or down below zero."""
        return self.now - self.before

    @property
    def is_alert(self) -> bool:
        """Whether it fell so far that somebody should look."""
        return -as_fraction(self.difference) >= DROP_ALERT


class Loss(NamedTuple):
    """What a KPI below its target takes from the total."""

    code: str
    points: Decimal


def whole(kpis: Sequence[ScorecardKpi], thresholds: StatusThresholds) -> Whole:
    """The status of an objective or a card: the mean of its scores by weight, held against the policy's thresholds.

    It is achieved only when each of its KPIs is, so none without data may be left among them.
    """
    weighing = [kpi for kpi in kpis if kpi.weight]
    counted = [(kpi.weight, kpi.achievement) for kpi in weighing if kpi.achievement is not None]
    weight = sum((kpi.weight for kpi in weighing), Decimal(0))
    coverage = sum((part for part, _ in counted), Decimal(0))
    if not counted:
        return Whole(None, None, coverage, weight)
    mean = shown(_mean(counted))
    if all(kpi.status is KpiStatus.ACHIEVED for kpi in weighing):
        return Whole(KpiStatus.ACHIEVED, mean, coverage, weight)
    return Whole(_status(as_fraction(mean), thresholds), mean, coverage, weight)


def _status(mean: Fraction, thresholds: StatusThresholds) -> KpiStatus:
    if mean >= thresholds.ahead:
        return KpiStatus.AHEAD
    return KpiStatus.ON_TRACK if mean >= thresholds.on_track else KpiStatus.BEHIND


def _mean(parts: Sequence[tuple[Decimal, Decimal]]) -> Fraction:
    reached = fraction_sum(as_fraction(weight) * as_fraction(value) for weight, value in parts)
    return reached / fraction_sum(as_fraction(weight) for weight, _ in parts)


def change(trend: Sequence[Trend]) -> Change | None:
    """The last period that has a figure against the one with a figure before it."""
    known = [(point.period_code, point.achievement) for point in trend if point.achievement is not None]
    if len(known) < 2:  # noqa: PLR2004 - now and before
        return None
    (since, before), (code, now) = known[-2:]
    return Change(code, since, now, before)


def change_of_all(kpis: Iterable[ScorecardKpi]) -> Change | None:
    """The last period with figures against the one before: like with like, by the KPIs that have figures in both."""
    columns: dict[str, dict[str, tuple[Decimal, Decimal]]] = {}
    for kpi in kpis:
        for point in kpi.trend:
            column = columns.setdefault(point.period_code, {})
            if point.achievement is not None and kpi.weight:
                column[kpi.code] = (kpi.weight, point.achievement)
    codes = [code for code, column in columns.items() if column]
    if not codes:
        return None
    now = columns[codes[-1]]
    for since in reversed(codes[:-1]):
        before = columns[since]
        if now.keys() & before.keys():
            return Change(codes[-1], since, _of_both(now, before), _of_both(before, now))
    return None


def _of_both(column: Mapping[str, tuple[Decimal, Decimal]], other: Mapping[str, tuple[Decimal, Decimal]]) -> Decimal:
    return shown(_mean([part for code, part in column.items() if code in other]))


def losses(kpis: Sequence[ScorecardKpi], missing: Missing) -> list[Loss]:
    """The KPIs below their target, those first that take most from the total, in points of the total.

    What counts as zero by the policy loses its whole weight; what is left out loses nothing.
    """
    scores = [(kpi, _counting(kpi, missing)) for kpi in kpis]
    counted = fraction_sum(as_fraction(kpi.weight) for kpi, score in scores if score is not None)
    lost = [
        (kpi.code, as_fraction(kpi.weight) * (HUNDRED - score) / counted)
        for kpi, score in scores
        if score is not None and score < HUNDRED and kpi.weight
    ]
    return [Loss(code, shown(points)) for code, points in sorted(lost, key=_points, reverse=True)]


def _points(line: tuple[str, Fraction]) -> Fraction:
    return line[1]


def _counting(kpi: ScorecardKpi, missing: Missing) -> Fraction | None:
    if kpi.achievement is not None:
        return as_fraction(kpi.achievement)
    return Fraction(0) if kpi.is_missing and missing is Missing.ZERO else None


def missing_streak(standing: Standing) -> int:
    """How many entries in a row, up to the last one due, are missing."""
    unfilled = set(standing.unfilled)
    streak = 0
    for slot in reversed(standing.due):
        if slot.on not in unfilled:
            break
        streak += 1
    return streak
